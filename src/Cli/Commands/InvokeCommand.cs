using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth invoke</c>: one request to a function, as a Dapr app would send it.</summary>
internal static class InvokeCommand
{
    public static Command Create()
    {
        var function = new Argument<string>("FUNCTION") { Description = "Name of the function, NAME or NAME.NAMESPACE." };
        var path = new Argument<string>("PATH") { Description = "Path below the function.", DefaultValueFactory = _ => "" };
        var data = new Option<string?>("--data", "-d")
        {
            Description = "Body of a POST: the text itself, @FILE, or @- for standard input. Without it the request is a GET.",
        };
        var type = Flag.With("--content-type", "Type of the body.", "application/json");
        var gateway = SharedOptions.Gateway();
        var command = new Command("invoke", "Send one request to a function and print the answer.") { function, path, data, type, gateway };
        command.SetAction(async (line, cancel) =>
        {
            using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            var method = $"/v1.0/invoke/{line.GetRequiredValue(function)}/method/{line.GetRequiredValue(path).TrimStart('/')}";
            var target = new Uri(line.GetRequiredValue(gateway), method);
            using var request = new HttpRequestMessage(HttpMethod.Get, target);
            if (line.GetValue(data) is { } body)
            {
                request.Method = HttpMethod.Post;
                request.Content = await ReadAsync(body, cancel);
                request.Content.Headers.ContentType = new(line.GetRequiredValue(type));
            }
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            await using var output = Console.OpenStandardOutput();
            await answer.Content.CopyToAsync(output, cancel);
            if (answer.IsSuccessStatusCode)
                return ExitCodes.Success;
            throw new CommandException($"{target} answered {(int)answer.StatusCode} {answer.ReasonPhrase}.");
        });
        return command;
    }

    private static async Task<HttpContent> ReadAsync(string data, CancellationToken cancel)
    {
        if (data == "@-")
            return new StreamContent(Console.OpenStandardInput());
        return data.StartsWith('@') ? new ByteArrayContent(await File.ReadAllBytesAsync(data[1..], cancel)) : new StringContent(data);
    }
}
