using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.Tests.Samples;

public sealed class GreetingController(IKubernetesClient client) : IEntityController<Greeting>
{
    public async Task<ReconciliationResult<Greeting>> ReconcileAsync(Greeting greeting, CancellationToken cancel)
    {
        var text = $"Hello {greeting.Spec.Who}";
        var map = new V1ConfigMap
        {
            Metadata = new() { Name = greeting.Name(), Namespace = greeting.Namespace(), OwnerReferences = [greeting.MakeOwnerReference()] },
            Data = new Dictionary<string, string> { ["text"] = text },
        };
        await client.ApplyAsync(map, cancel);
        if (greeting.Status?.Text != text)
        {
            var status = new JsonObject { ["status"] = new JsonObject { ["text"] = text } };
            await client.PatchAsync<Greeting>(greeting.Name(), greeting.Namespace(), new(status), "status", cancel);
        }
        return ReconciliationResult<Greeting>.Success(greeting);
    }
}
