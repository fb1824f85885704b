using System.Globalization;

namespace Hearth.Federation.Storage;

/// <summary>Names of what lies in the output directory.</summary>
/// <remarks>
/// <code>
///   federation.json                 whose directory it is, and the epoch of the aggregator that may write
///   aggregator.lock                 held while something is written that counts
///   journal.log                     what happened, see <see cref="Journal.JournalFile"/>
///   models/{v}/model.json           the model after v rounds, with its weights beside it
///   rounds/{r}/manifest.json        what went into round r's model
///   rounds/{r}/updates/             acknowledged updates, until the round is committed
///   model.json                      the final model, with its weights beside it
/// </code>
/// </remarks>
internal static class OutputLayout
{
    public const string Root = "";
    public const string Owner = "federation.json";
    public const string Journal = "journal.log";
    public const string Models = "models";
    public const string Rounds = "rounds";
    public const string ModelManifest = "model.json";

    public static string Model(int version) => string.Create(CultureInfo.InvariantCulture, $"{Models}/{version}");

    public static string Round(int round) => string.Create(CultureInfo.InvariantCulture, $"{Rounds}/{round}");

    public static string RoundManifest(int round) => $"{Round(round)}/manifest.json";

    public static string Updates(int round) => $"{Round(round)}/updates";

    /// <summary>Weights are named for their digest, so that a <c>model.json</c> never points to bytes of another model.</summary>
    public static string WeightsFile(string digest) => $"weights-{digest}.safetensors";

    /// <summary>A name for what is being written; another epoch's files never get in the way.</summary>
    public static string Temporary(string folder, string what, long epoch)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $".{what}.{epoch}{TemporarySuffix}");
        return folder.Length == 0 ? name : $"{folder}/{name}";
    }

    /// <summary>Whether a file is what a crash left of a write.</summary>
    public static bool IsTemporary(string name) => name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    private const string TemporarySuffix = ".tmp";
}
