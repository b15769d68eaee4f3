namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>ONNX Runtime's error codes (<c>OrtErrorCode</c> in onnxruntime_error_code.h).</summary>
internal enum OrtErrorCode
{
    Ok,
    Fail,
    InvalidArgument,
    NoSuchFile,
    NoModel,
    EngineError,
    RuntimeException,
    InvalidProtobuf,
    ModelLoaded,
    NotImplemented,
    InvalidGraph,
    ExecutionProviderFail,
    ModelLoadCanceled,
    ModelRequiresCompilation,
    NotFound,
}
