namespace Hearth.Worker.OnnxRuntime;

/// <summary>Why ONNX Runtime refused a call.</summary>
public enum OrtErrorCode
{
    /// <summary>No error.</summary>
    Ok,

    /// <summary>Unspecified.</summary>
    Fail,

    /// <summary>An argument is wrong, for example a shape that the model does not take.</summary>
    InvalidArgument,

    /// <summary>The model file is not there.</summary>
    NoSuchFile,

    /// <summary>There is no model.</summary>
    NoModel,

    /// <summary>An engine failed.</summary>
    EngineError,

    /// <summary>An exception inside the runtime or a kernel.</summary>
    RuntimeException,

    /// <summary>The file is no ONNX protobuf.</summary>
    InvalidProtobuf,

    /// <summary>A model is loaded already.</summary>
    ModelLoaded,

    /// <summary>An operator or type is not implemented.</summary>
    NotImplemented,

    /// <summary>The graph is not valid.</summary>
    InvalidGraph,

    /// <summary>An execution provider failed.</summary>
    EpFail,
}
