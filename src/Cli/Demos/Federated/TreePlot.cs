using System.Globalization;
using Hearth.Api.FederatedAggregations;

namespace Hearth.Cli.Demos.Federated;

/// <summary>A federation's aggregators as text, node by node.</summary>
internal static class TreePlot
{
    private const int SlotColumns = 8;
    private const int RoleColumns = 7;

    /// <summary>A line for each node and each aggregator on it, those first that others feed.</summary>
    public static IEnumerable<string> Draw(AggregationTree tree)
    {
        foreach (var node in tree.Slots.Where(s => s.Worker is not null).GroupBy(s => s.Node ?? "no node yet").OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            yield return node.Key;
            foreach (var slot in node.OrderByDescending(s => s.Role).ThenBy(s => s.Slot, StringComparer.Ordinal))
            {
                var parent = slot.Parent is { } up ? $"feeds {up}" : "publishes";
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"  {slot.Slot.PadRight(SlotColumns)} {slot.Role.ToString().PadRight(RoleColumns)} {parent,-13} {slot.Received,5} updates  {slot.Worker}");
            }
        }
    }
}
