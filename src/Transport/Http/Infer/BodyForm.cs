namespace Camshaft.Transport.Http.Infer;

/// <summary>How a request's body carries its inputs.</summary>
internal enum BodyForm
{
    /// <summary>KServe's JSON, perhaps with binary tensors behind it.</summary>
    Json,

    /// <summary>Triton's raw binary request: the body is the data of the model's only input.</summary>
    Raw,

    /// <summary>The data of one input, which headers describe.</summary>
    Tensor,

    /// <summary>A NumPy file: one input with its datatype and shape.</summary>
    Npy,
}
