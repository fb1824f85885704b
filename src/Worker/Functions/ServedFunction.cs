using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.V2;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Functions;

/// <summary>The function role: a model behind the Open Inference Protocol.</summary>
internal sealed class ServedFunction(ServedModel model, V2Endpoint v2) : IServedRole
{
    /// <inheritdoc/>
    public Task InvokeAsync(HttpContext context) => v2.InvokeAsync(context, model);

    /// <inheritdoc/>
    public Task StopAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
