namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>Asks a tensor of ONNX Runtime's what it is.</summary>
internal static unsafe class OrtTensor
{
    /// <summary>Reads the shape and datatype of an output.</summary>
    /// <param name="api">The library.</param>
    /// <param name="value">The tensor.</param>
    /// <param name="subject">Names the model in messages.</param>
    /// <param name="spec">What it should be.</param>
    /// <param name="shape">Takes the dimensions.</param>
    /// <param name="dataType">Its datatype.</param>
    /// <returns>How many dimensions it has.</returns>
    /// <exception cref="BackendException">It is of a type, or has a rank, that Camshaft does not carry.</exception>
    public static int ReadShape(OrtApiTable api, nint value, string subject, TensorSpec spec, Span<long> shape, out DataType dataType)
    {
        nint info;
        api.ThrowIfFailed(api.GetTensorTypeAndShape(value, &info), nameof(api.GetTensorTypeAndShape), subject);
        nuint rank = 0;
        var elementType = 0;
        var status = api.GetTensorElementType(info, &elementType);
        if (status == 0)
        {
            status = api.GetDimensionsCount(info, &rank);
        }

        if (status == 0 && rank <= (nuint)shape.Length)
        {
            fixed (long* dimensions = shape)
            {
                status = api.GetDimensions(info, dimensions, rank);
            }
        }

        api.ReleaseTensorTypeAndShapeInfo(info);
        api.ThrowIfFailed(status, nameof(api.GetDimensions), subject);
        dataType = OrtElementTypes.ToDataType(elementType)
            ?? throw new BackendException(StatusCode.Internal, $"{subject}: output '{spec.Name}' has elements of ONNX's type {OrtElementTypes.NameOf(elementType)}; expected {spec.DataType.Name}.");
        return rank <= (nuint)shape.Length
            ? (int)rank
            : throw new BackendException(StatusCode.Unsupported, $"{subject}: output '{spec.Name}' has {rank} dimensions; expected {spec.Shape}.");
    }
}
