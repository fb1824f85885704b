namespace Hearth.Federation.Protocol;

/// <summary>What a client is told to do.</summary>
public enum ClientTaskState
{
    /// <summary>Train, and send the weights.</summary>
    Train,

    /// <summary>Nothing any more: the last model is there.</summary>
    Finished,
}
