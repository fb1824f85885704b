using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Models;
using Hearth.Testing;

namespace Hearth.Api.Tests.FederatedAggregations;

public sealed class FederatedAggregationValidationTests
{
    [Fact]
    public void Validate_ModelOfFormatHearth_HasNoFault() => Assert.Empty(Validate(spec => WithModel(spec, ModelFormat.Hearth)));

    [Fact]
    public void Validate_Architecture_HasNoFault() => Assert.Empty(Validate(_ => { }));

    [Fact]
    public void Validate_ModelAndArchitecture_AsksForOne() =>
        AssertFault("spec", FederatedAggregationSpec.ModelOrArchitecture, spec => spec.Model = new() { Uri = "file:///m", Format = ModelFormat.Hearth });

    [Fact]
    public void Validate_NeitherModelNorArchitecture_AsksForOne() =>
        AssertFault("spec", FederatedAggregationSpec.ModelOrArchitecture, spec => spec.Architecture = null);

    [Fact]
    public void Validate_OnnxModel_SaysWhatCanBeTrained() =>
        AssertFault("spec.model", FederatedAggregationSpec.ModelFormatNotHearth, spec => WithModel(spec, ModelFormat.Onnx));

    [Fact]
    public void Validate_ArchitectureWithoutClasses_SaysWhy() =>
        AssertFault("spec.architecture", FederatedAggregationSpec.ArchitectureOpen, spec => spec.Architecture = spec.Architecture! with { Classes = null });

    [Fact]
    public void Validate_ArchitectureWithoutInputShape_SaysWhy() =>
        AssertFault("spec.architecture", FederatedAggregationSpec.ArchitectureOpen, spec => spec.Architecture = spec.Architecture! with { InputShape = null });

    [Fact]
    public void Validate_FaultInsideTheArchitecture_HasItsPath() =>
        AssertFault("spec.architecture.hidden", ArchitectureSpec.MlpWithoutHidden, spec => spec.Architecture = spec.Architecture! with { Kind = ArchitectureKind.Mlp });

    [Fact]
    public void Validate_MaxBelowMin_NamesTheField() =>
        AssertFault("spec.clients.maxPerRound", ClientsSpec.MaxBelowMin, spec => (spec.Clients.MinPerRound, spec.Clients.MaxPerRound) = (3, 2));

    [Fact]
    public void Validate_ShortTimeout_NamesTheField() =>
        AssertFault("spec.clients.roundTimeout", ClientsSpec.TimeoutTooShort, spec => spec.Clients.RoundTimeout = TimeSpan.FromMilliseconds(999));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Validate_LearningRateNotPositive_NamesTheField(double rate) =>
        AssertFault("spec.clients.localWork.learningRate", LocalWorkSpec.RateNotPositive, spec => spec.Clients.LocalWork.LearningRate = rate);

    [Fact]
    public void Validate_ParametersOfFedAvg_AreRefused() =>
        AssertFault("spec.strategy.parameters", StrategySpec.FedAvgHasNone, spec => spec.Strategy.Parameters = new Dictionary<string, double> { ["beta"] = 1 });

    [Fact]
    public void Validate_NodeTakesLessThanAnAggregator_NamesTheField() => AssertFault(
        "spec.hierarchy.nodeCapacity", HierarchySpec.CapacityBelowFanIn, spec => spec.Hierarchy = new() { MaxFanIn = 10, NodeCapacity = 9 });

    [Theory]
    [InlineData(HierarchyLevels.Two, 1, FederatedAggregationSpec.TooFewForTwo)]
    [InlineData(HierarchyLevels.Three, 2, FederatedAggregationSpec.TooFewForThree)]
    public void Validate_LevelsNeedMoreAggregators_SaysHowMany(HierarchyLevels levels, int max, string message) =>
        AssertFault("spec.maxAggregators", message, spec => (spec.Hierarchy.Levels, spec.MaxAggregators) = (levels, max));

    [Theory]
    [InlineData(HierarchyLevels.Auto, 1)]
    [InlineData(HierarchyLevels.One, 1)]
    [InlineData(HierarchyLevels.Two, 2)]
    [InlineData(HierarchyLevels.Three, 3)]
    public void Validate_EnoughAggregators_HasNoFault(HierarchyLevels levels, int max) =>
        Assert.Empty(Validate(spec => (spec.Hierarchy.Levels, spec.MaxAggregators) = (levels, max)));

    [Fact]
    public void Validate_ThreeFaults_NamesAll()
    {
        var faults = Validate(spec =>
        {
            spec.Architecture = null;
            spec.Clients.MaxPerRound = 1;
            spec.Clients.LocalWork.LearningRate = 0;
        });

        Assert.Equal(["spec", "spec.clients.maxPerRound", "spec.clients.localWork.learningRate"], faults.Select(f => f.Field));
    }

    [Fact]
    public void ValidateChange_EqualByValue_HasNoFault() => Assert.Empty(Change(spec => spec.Architecture = spec.Architecture! with { Classes = ["a", "b"] }));

    [Fact]
    public void ValidateChange_RoundsClientsPool_MayChange() => Assert.Empty(Change(spec =>
    {
        spec.Rounds = 20;
        spec.Clients = new() { MinPerRound = 5 };
        spec.Pool = "other";
        spec.Suspend = true;
    }));

    [Fact]
    public void ValidateChange_ModelArchitectureOutput_AreFixed()
    {
        var faults = Change(spec =>
        {
            WithModel(spec, ModelFormat.Hearth);
            spec.Output = new() { Uri = "file:///elsewhere" };
        });

        Assert.Equal(["spec.model", "spec.architecture", "spec.output"], faults.Select(f => f.Field));
        Assert.All(faults, f => Assert.Equal(FederatedAggregationSpec.Immutable, f.Message));
    }

    private static void AssertFault(string field, string message, Action<FederatedAggregationSpec> change)
    {
        var fault = Assert.Single(Validate(change));
        Assert.Equal((field, message), (fault.Field, fault.Message));
    }

    private static List<Schema.FieldError> Validate(Action<FederatedAggregationSpec> change)
    {
        var federation = new MakeFederation().Build();
        change(federation.Spec);
        return [.. FederatedAggregationValidation.Validate(federation)];
    }

    private static List<Schema.FieldError> Change(Action<FederatedAggregationSpec> change)
    {
        var after = new MakeFederation().Build();
        change(after.Spec);
        return [.. FederatedAggregationValidation.ValidateChange(new MakeFederation().Build(), after)];
    }

    private static void WithModel(FederatedAggregationSpec spec, ModelFormat format) =>
        (spec.Architecture, spec.Model) = (null, new() { Uri = "file:///m/model.json", Format = format });
}
