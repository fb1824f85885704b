using System.IO.Pipelines;
using System.Text;

namespace Hearth.Kubernetes.Tests.Client;

/// <summary>The body of a watch that the test writes while it is read.</summary>
internal sealed class WatchBody
{
    private readonly Pipe _pipe = new();

    public HttpResponseMessage Answer => new() { Content = new StreamContent(_pipe.Reader.AsStream()) };

    public async Task SendAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    public void End() => _pipe.Writer.Complete();

    public void Break() => _pipe.Writer.Complete(new IOException("connection reset"));
}
