using System.Net;
using System.Net.Sockets;
using System.Text;
using Hearth.Cli.Commands;

namespace Hearth.Cli.Tests.Commands;

public sealed class InvokeCommandTests
{
    [Fact]
    public async Task Invoke_DataFromAFile_PostsItToDaprsUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "{\"a\":1}");
        var serving = ServeAsync(listener);

        var code = await HearthCommandLine.RunAsync(
            ["invoke", "digits.vision", "/v2/health/ready", "--data", "@" + file, "--gateway", $"http://{listener.LocalEndpoint}"], CancellationToken.None);

        var request = await serving.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, code);
        Assert.StartsWith("POST /v1.0/invoke/digits.vision/method/v2/health/ready HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", request, StringComparison.Ordinal);
        Assert.EndsWith("{\"a\":1}", request, StringComparison.Ordinal);
        File.Delete(file);
    }

    /// <summary>Reads one request that ends in a brace and answers it.</summary>
    private static async Task<string> ServeAsync(TcpListener listener)
    {
        using var caller = await listener.AcceptSocketAsync();
        var request = "";
        var buffer = new byte[4096];
        while (!request.EndsWith('}'))
            request += Encoding.ASCII.GetString(buffer, 0, await caller.ReceiveAsync(buffer));
        await caller.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
        return request;
    }
}
