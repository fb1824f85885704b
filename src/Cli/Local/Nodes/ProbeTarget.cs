using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Hearth.Api.Core;

namespace Hearth.Cli.Local.Nodes;

/// <summary>What a probe asks: an HTTP GET that must answer 200 to 399, or a TCP port that must accept.</summary>
internal sealed record ProbeTarget(IPEndPoint EndPoint, string? Path)
{
    /// <summary>Reads a probe; the port is a number or the name of one of the container's ports.</summary>
    /// <exception cref="ContainerConfigException">The probe is of another kind, or names a port that the container lacks.</exception>
    public static ProbeTarget Of(V1Probe probe, V1Container container, IPAddress podIP)
    {
        if (probe.HttpGet is { } get)
            return new(new(podIP, Port(get.Port, container)), get.Path ?? "/");
        if (probe.UnknownFields?.TryGetValue("tcpSocket", out var tcp) == true && tcp.TryGetProperty("port", out var port))
            return new(new(podIP, Port(port, container)), null);
        throw Fault($"a probe of container \"{container.Name}\" is of a kind that process nodes do not have: use httpGet or tcpSocket.");
    }

    /// <summary>Whether the target answers well. A target that is not there is an answer, not a fault.</summary>
    public async Task<bool> CheckAsync(HttpClient http, CancellationToken cancel)
    {
        try
        {
            if (Path is null)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(EndPoint, cancel);
                return true;
            }
            using var response = await http.GetAsync(new Uri($"http://{EndPoint}{Path}"), HttpCompletionOption.ResponseHeadersRead, cancel);
            return (int)response.StatusCode is >= 200 and < 400;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static int Port(JsonElement port, V1Container container)
    {
        if (port.ValueKind == JsonValueKind.Number)
            return port.GetInt32();
        var name = port.GetString();
        if (int.TryParse(name, CultureInfo.InvariantCulture, out var number))
            return number;
        return container.Ports?.FirstOrDefault(p => p.Name == name)?.ContainerPort
            ?? throw Fault($"a probe of container \"{container.Name}\" names port \"{name}\", which the container does not have.");
    }

    private static ContainerConfigException Fault(string message) => new(ContainerConfigException.CreateContainerConfigError, message);
}
