namespace Hearth.Federation.Tests;

/// <summary>The process died here. Whatever runs on as if it had not finds the disk gone.</summary>
internal sealed class CrashException() : Exception("The process was killed.");
