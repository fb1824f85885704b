using Hearth.Compute;

namespace Hearth.Worker.Functions.V2;

/// <summary>What is known of an input while its JSON is being read.</summary>
internal sealed class InputDraft : IDisposable
{
    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its data type as written.</summary>
    public string? TypeName { get; set; }

    /// <summary>Its dimensions; null before any.</summary>
    public List<long>? Shape { get; set; }

    /// <summary>Bytes of its data behind the JSON; null when the data is in it.</summary>
    public long? BinarySize { get; set; }

    /// <summary>Reads its data, once that begins.</summary>
    public TensorDataReader? Data { get; set; }

    /// <summary>Keeps its data as text, when that comes before the type and shape needed to read it.</summary>
    public DataCapture? Capture { get; set; }

    /// <summary>Type and shape, once held against the model.</summary>
    public (DataType Type, TensorShape Shape) Target { get; set; }

    /// <summary>The finished tensor.</summary>
    public HostTensor? Tensor { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Data?.Dispose();
        Tensor?.Dispose();
    }
}
