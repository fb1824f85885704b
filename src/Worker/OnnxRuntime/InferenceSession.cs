using System.Text;
using Hearth.Compute;
using Hearth.Worker.Models;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>A model, loaded. Runs may overlap.</summary>
internal sealed unsafe class InferenceSession : IDisposable
{
    private readonly OrtEnv _env;
    private readonly OrtHandle _session;
    private readonly byte[][] _inputNames;
    private readonly byte[][] _outputNames;

    private InferenceSession(OrtEnv env, OrtHandle session)
    {
        _env = env;
        _session = session;
        Signature = new(MetadataReader.ReadInputs(env, session), MetadataReader.ReadOutputs(env, session));
        Model = MetadataReader.ReadModel(env, session);
        _inputNames = [.. Signature.Inputs.Select(input => ToNativeText(input.Name))];
        _outputNames = [.. Signature.Outputs.Select(output => ToNativeText(output.Name))];
    }

    /// <summary>What it takes and answers.</summary>
    public ModelSignature Signature { get; }

    /// <summary>What the model says about itself.</summary>
    public ModelMetadata Model { get; }

    /// <summary>Loads a model from a file; data it keeps outside is looked for beside the file.</summary>
    /// <exception cref="OnnxRuntimeException">The file is no model that this runtime takes.</exception>
    /// <exception cref="NotSupportedException">It takes something else than tensors.</exception>
    public static InferenceSession Load(OrtEnv env, string path, SessionOptions options)
    {
        using var native = MakeOptions(env, options);
        nint session;
        fixed (byte* file = ToNativeText(path))
            env.Native.Check(env.Native.CreateSession(env.Handle, file, native.Value, &session));
        return Own(env, session);
    }

    /// <summary>Loads a model from memory, which it does not use afterwards.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no model that this runtime takes.</exception>
    /// <exception cref="NotSupportedException">It takes something else than tensors.</exception>
    public static InferenceSession Load(OrtEnv env, ReadOnlySpan<byte> model, SessionOptions options)
    {
        using var native = MakeOptions(env, options);
        nint session;
        fixed (byte* bytes = model)
            env.Native.Check(env.Native.CreateSessionFromArray(env.Handle, bytes, (nuint)model.Length, native.Value, &session));
        return Own(env, session);
    }

    /// <summary>Runs the model on the calling thread and the environment's.</summary>
    /// <param name="inputs">One tensor for each of <see cref="ModelSignature.Inputs"/>, in order; only read.</param>
    /// <param name="outputs">Indices into <see cref="ModelSignature.Outputs"/> of what to answer.</param>
    /// <param name="cancellation">Stops the run between two operators.</param>
    /// <returns>One tensor for each index; the caller disposes them.</returns>
    /// <exception cref="OnnxRuntimeException">The runtime refused the inputs or failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public HostTensor[] Run(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        var native = _env.Native;
        var values = new List<OrtHandle>(inputs.Count);
        nint value;
        native.Check(native.CreateIoBinding(_session.Value, &value));
        using var binding = _env.Own(value, native.ReleaseIoBinding, _session);
        native.Check(native.CreateRunOptions(&value));
        using var runOptions = _env.Own(value, native.ReleaseRunOptions);
        try
        {
            for (var i = 0; i < inputs.Count; i++)
            {
                values.Add(TensorMarshaller.ToOrtValue(_env, inputs[i]));
                fixed (byte* name = _inputNames[i])
                    native.Check(native.BindInput(binding.Value, name, values[i].Value));
            }
            foreach (var output in outputs)
            {
                fixed (byte* name = _outputNames[output])
                    native.Check(native.BindOutputToDevice(binding.Value, name, _env.CpuMemory));
            }
            using (cancellation.UnsafeRegister(static state => ((Termination)state!).Request(), new Termination(native, runOptions)))
                native.Check(native.RunWithBinding(_session.Value, runOptions.Value, binding.Value));
            return TakeOutputs(binding);
        }
        catch (OnnxRuntimeException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellation);
        }
        finally
        {
            foreach (var input in values)
                input.Dispose();
            GC.KeepAlive(inputs);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static InferenceSession Own(OrtEnv env, nint session)
    {
        var handle = env.Own(session, env.Native.ReleaseSession);
        try
        {
            return new InferenceSession(env, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static OrtHandle MakeOptions(OrtEnv env, SessionOptions options)
    {
        var native = env.Native;
        nint value;
        native.Check(native.CreateSessionOptions(&value));
        var handle = env.Own(value, native.ReleaseSessionOptions);
        try
        {
            native.Check(native.SetSessionGraphOptimizationLevel(value, (int)options.GraphOptimizationLevel));
            native.Check(native.DisablePerSessionThreads(value));
            foreach (var (key, setting) in options.Config)
            {
                fixed (byte* name = ToNativeText(key))
                fixed (byte* text = ToNativeText(setting))
                    native.Check(native.AddSessionConfigEntry(value, name, text));
            }
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static byte[] ToNativeText(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private HostTensor[] TakeOutputs(OrtHandle binding)
    {
        nint* values;
        nuint count;
        _env.Native.Check(_env.Native.GetBoundOutputValues(binding.Value, _env.Allocator, &values, &count));
        // Every value is owned before anything else can fail.
        var handles = new OrtHandle[count];
        for (var i = 0; i < handles.Length; i++)
            handles[i] = _env.Own(values[i], _env.Native.ReleaseValue);
        _env.Native.Check(_env.Native.AllocatorFree(_env.Allocator, values));
        var tensors = new HostTensor[handles.Length];
        try
        {
            for (var i = 0; i < handles.Length; i++)
                tensors[i] = TensorMarshaller.ToHostTensor(_env, handles[i]);
            return tensors;
        }
        catch
        {
            foreach (var handle in handles)
                handle.Dispose();
            throw;
        }
    }

    private sealed class Termination(OnnxRuntimeNative native, OrtHandle runOptions)
    {
        public void Request() => native.Check(native.RunOptionsSetTerminate(runOptions.Value));
    }
}
