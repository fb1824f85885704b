namespace Hearth.Gateway.Functions;

/// <summary>How a request ranks among those that wait for the same function.</summary>
internal enum Priority
{
    /// <summary>Waits for the others, and gives way to them when the line is full.</summary>
    Low,

    /// <summary>As a request without the header.</summary>
    Normal,

    /// <summary>Goes before the others.</summary>
    High,
}
