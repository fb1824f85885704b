using System.Globalization;
using Hearth.Api.Workers;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;

namespace Hearth.Worker.Functions;

/// <summary>Turns a download's progress into lines, few enough to read.</summary>
internal sealed class FetchProgressLines(string assignmentId, ProgressLog log) : IProgress<FetchProgress>
{
    private const long StepBytes = 64 << 20;
    private const int StepPercent = 5;

    private long _toldBytes;
    private int _toldPercent;

    /// <inheritdoc/>
    public void Report(FetchProgress value)
    {
        int? percent = value.Expected is > 0 ? (int)(100 * value.Received / value.Expected.Value) : null;
        var news = percent is { } p ? p >= _toldPercent + StepPercent : value.Received >= _toldBytes + StepBytes;
        if (value.Received > 0 && !news)
            return;
        (_toldBytes, _toldPercent) = (value.Received, percent ?? 0);
        var size = value.Expected is { } bytes ? string.Create(CultureInfo.InvariantCulture, $" {bytes / 1e6:0.0} MB") : "";
        log.Append(new AssignmentProgress
        {
            Id = assignmentId,
            State = AssignmentState.Fetching,
            Message = $"fetching{size} from {value.Source}",
            Percent = percent,
        });
    }
}
