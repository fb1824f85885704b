using System.Text.Json.Serialization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>Which clients take part in a round, and what each does.</summary>
[ValidationRule("!has(self.maxPerRound) || self.maxPerRound >= self.minPerRound", Message = MaxBelowMin, FieldPath = ".maxPerRound")]
[ValidationRule("duration(self.roundTimeout) >= duration('1s')", Message = TimeoutTooShort, FieldPath = ".roundTimeout")]
public sealed record ClientsSpec
{
    internal const string MaxBelowMin = "must not be below minPerRound";
    internal const string TimeoutTooShort = "must be 1s or more";

    /// <summary>A round starts once so many clients have joined, and ends with the updates of so many at least.</summary>
    [Range(1, 100_000)]
    public int MinPerRound { get; set; } = 2;

    /// <summary>Clients that are asked to train in a round at most. Empty means every client that joined.</summary>
    [Range(1, 100_000)]
    public int? MaxPerRound { get; set; }

    /// <summary>A round waits so long for the updates of those that train; then it ends with what it has, if that is enough.</summary>
    [Length(0, 32)]
    [Pattern(KubernetesDurationConverter.Pattern)]
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan RoundTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Who is asked to train when more have joined than are needed.</summary>
    public ClientSelection Selection { get; set; } = ClientSelection.All;

    /// <summary>What each client does in a round.</summary>
    public LocalWorkSpec LocalWork { get; set; } = new();

    /// <summary>How clients show who they are. Empty means that everyone who reaches the gateway may take part.</summary>
    public ClientsAuthSpec? Auth { get; set; }

    /// <summary>What one client may have under way. Empty means no limit.</summary>
    public ClientQuotaSpec? Quota { get; set; }
}
