using Xunit;

namespace Hearth.Testing;

/// <summary>A test that reads <see cref="SharedData"/>; skipped where it is absent.</summary>
public sealed class SharedDataFactAttribute : FactAttribute
{
    /// <summary>Marks a test.</summary>
    public SharedDataFactAttribute()
    {
        if (SharedData.Root is null)
            Skip = "There is no folder shared/data beside the repository.";
    }
}
