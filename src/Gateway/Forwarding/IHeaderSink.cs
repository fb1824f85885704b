namespace Hearth.Gateway.Forwarding;

/// <summary>Takes the headers of a request to a worker, in the form of one protocol.</summary>
internal interface IHeaderSink
{
    /// <summary>Begins a header; its value follows by <see cref="Append"/>.</summary>
    void Begin(string name);

    /// <summary>Adds to the value of the header that was begun.</summary>
    void Append(ReadOnlySpan<char> value);

    /// <summary>Ends the header that was begun.</summary>
    void End();
}
