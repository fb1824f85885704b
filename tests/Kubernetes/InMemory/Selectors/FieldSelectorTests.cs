using Hearth.Kubernetes.InMemory;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Selectors;

namespace Hearth.Kubernetes.Tests.InMemory.Selectors;

public sealed class FieldSelectorTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("spec.nodeName=n", true)]
    [InlineData("spec.nodeName==n", true)]
    [InlineData("spec.nodeName!=n", false)]
    [InlineData("spec.nodeName=n,status.phase!=Failed", true)]
    [InlineData("metadata.name=p,metadata.namespace=ns", true)]
    [InlineData("status.podIP=", true)]
    [InlineData("status.phase=Failed", false)]
    public void Matches_Selector_TellsWhetherEveryTermHolds(string? selector, bool expected)
    {
        var pod = Objects.Json("""{"metadata":{"name":"p","namespace":"ns"},"spec":{"nodeName":"n"},"status":{"phase":"Running"}}""");

        Assert.Equal(expected, FieldSelector.Parse(selector, BuiltInKinds.Pod).Matches(pod));
    }

    [Theory]
    [InlineData("spec.foo=1", "field label not supported: spec.foo")]
    [InlineData("spec", "invalid selector")]
    public void Parse_FieldThatTheKindDoesNotOffer_IsRefused(string selector, string message)
    {
        var refusal = Assert.Throws<StatusException>(() => FieldSelector.Parse(selector, BuiltInKinds.Pod));

        Assert.Equal(400, refusal.Status.Code);
        Assert.Contains(message, refusal.Message);
    }
}
