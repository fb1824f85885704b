using Hearth.Federation.Storage;

namespace Hearth.Federation.Tests;

/// <summary>A storage whose process can be killed at any of its calls.</summary>
internal interface ICrashStorage
{
    /// <summary>The call at which the process is killed; 0 for none.</summary>
    int KillAt { get; set; }

    bool Killed { get; }

    IEnumerable<string> Paths { get; }

    /// <summary>What an aggregator opens; another aggregator may still have it open.</summary>
    Task<IFederationStorage> OpenAsync();

    /// <summary>What the next process finds.</summary>
    ICrashStorage Restart(Random chance);

    /// <summary>A file's bytes, for a test to look at.</summary>
    byte[] Read(string path);
}
