using System.Runtime.InteropServices;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>Owns one object of ONNX Runtime, keeps what it depends on alive, and counts.</summary>
internal sealed unsafe class OrtHandle : SafeHandle
{
    private readonly delegate* unmanaged<nint, void> _release;
    private readonly OrtHandle? _parent;
    private readonly LiveCount _live;

    /// <summary>Takes ownership of <paramref name="value"/>.</summary>
    /// <param name="value">The object.</param>
    /// <param name="release">Its release function.</param>
    /// <param name="live">Where to count it.</param>
    /// <param name="parent">What must outlive it.</param>
    public OrtHandle(nint value, delegate* unmanaged<nint, void> release, LiveCount live, OrtHandle? parent = null)
        : base(0, ownsHandle: true)
    {
        _release = release;
        _live = live;
        SetHandle(value);
        live.Increment();
        if (parent is null)
            return;
        var added = false;
        parent.DangerousAddRef(ref added);
        _parent = parent;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The object. The caller keeps this handle alive for as long as it uses it.</summary>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _release(handle);
        _live.Decrement();
        _parent?.DangerousRelease();
        return true;
    }
}
