using Hearth.Compute;

namespace Hearth.Worker.Functions.Batching;

/// <summary>Requests that are run together: they ask for the same outputs, and their inputs agree in all dimensions but the first.</summary>
/// <param name="outputs">Indices of the outputs.</param>
internal sealed class Batch(IReadOnlyList<int> outputs)
{
    private readonly List<BatchedRequest> _requests = [];

    /// <summary>Indices of the outputs.</summary>
    public IReadOnlyList<int> Outputs { get; } = outputs;

    /// <summary>The requests.</summary>
    public IReadOnlyList<BatchedRequest> Requests => _requests;

    /// <summary>Rows of all requests.</summary>
    public long Rows { get; private set; }

    /// <summary>Runs the batch when its time is over.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Whether a request may come in.</summary>
    public bool Fits(IReadOnlyList<int> wanted, BatchedRequest request)
    {
        if (!wanted.SequenceEqual(Outputs))
            return false;
        var first = _requests[0].Inputs;
        for (var i = 0; i < first.Count; i++)
        {
            var a = first[i].Shape.Dimensions.AsSpan();
            var b = request.Inputs[i].Shape.Dimensions.AsSpan();
            if (a.Length != b.Length || !a[1..].SequenceEqual(b[1..]))
                return false;
        }
        return true;
    }

    /// <summary>Takes a request in.</summary>
    public void Add(BatchedRequest request)
    {
        _requests.Add(request);
        Rows += request.Rows;
    }

    /// <summary>Puts a request out; false when it is not in.</summary>
    public bool Remove(BatchedRequest request)
    {
        if (!_requests.Remove(request))
            return false;
        Rows -= request.Rows;
        return true;
    }

    /// <summary>The inputs of all, one tensor each; the caller disposes them.</summary>
    public HostTensor[] JoinInputs()
    {
        var joined = new HostTensor[_requests[0].Inputs.Count];
        for (var i = 0; i < joined.Length; i++)
            joined[i] = TensorRows.Join([.. _requests.Select(request => request.Inputs[i])]);
        return joined;
    }

    /// <summary>Each request's outputs, from those of all.</summary>
    public HostTensor[][] SplitOutputs(IReadOnlyList<HostTensor> outputs)
    {
        var rows = _requests.Select(request => request.Rows).ToArray();
        var parts = outputs.Select(output => TensorRows.Split(output, rows)).ToArray();
        return [.. Enumerable.Range(0, rows.Length).Select(i => parts.Select(part => part[i]).ToArray())];
    }
}
