using Hearth.Api.InferenceFunctions;
using Hearth.Testing;

namespace Hearth.Api.Tests.InferenceFunctions;

public sealed class InferenceFunctionValidationTests
{
    [Fact]
    public void Validate_FallbackToAnother_HasNoFault() => Assert.Empty(InferenceFunctionValidation.Validate(new MakeFunction("a").Fallback("b").Build()));

    [Fact]
    public void Validate_FallbackToItself_NamesTheField()
    {
        var fault = Assert.Single(InferenceFunctionValidation.Validate(new MakeFunction("a").Fallback("a").Build()));

        Assert.Equal(("spec.fallback", InferenceFunctionSpec.FallbackToItself), (fault.Field, fault.Message));
    }
}
