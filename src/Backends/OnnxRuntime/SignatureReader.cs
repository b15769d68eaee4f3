using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Reads inputs and outputs from a session. Initialisers that are also graph inputs have their values, and ONNX Runtime lists them
/// apart: those that the model's configuration lists are optional inputs, the others none.
/// </summary>
internal sealed unsafe class SignatureReader(OrtEnvironment environment, OrtHandle session, ModelSource source)
{
    private const int TensorType = 1; // ONNX_TYPE_TENSOR
    private static readonly string[] TypeNames = ["of an unknown type", "a tensor", "a sequence", "a map", "an opaque value", "a sparse tensor", "an optional value"];

    private readonly OrtApiTable _api = environment.Api;
    private readonly string _subject = source.ToString();

    /// <summary>Reads the signature, batch axes included.</summary>
    /// <exception cref="BackendException">A tensor is of a kind that Camshaft does not carry.</exception>
    public ModelSignature Read()
    {
        nuint inputCount, outputCount, overridableCount;
        Check(_api.SessionGetInputCount(session.Value, &inputCount), nameof(_api.SessionGetInputCount));
        Check(_api.SessionGetOutputCount(session.Value, &outputCount), nameof(_api.SessionGetOutputCount));
        Check(_api.SessionGetOverridableInitializerCount(session.Value, &overridableCount), nameof(_api.SessionGetOverridableInitializerCount));
        var inputs = new List<TensorSpec>();
        var outputs = new List<TensorSpec>();
        for (nuint i = 0; i < inputCount; i++)
        {
            inputs.Add(ReadTensor("input", i, ReadName("input", i, _api.SessionGetInputName), _api.SessionGetInputTypeInfo));
        }

        for (nuint i = 0; i < overridableCount; i++)
        {
            var name = ReadName("input", i, _api.SessionGetOverridableInitializerName);
            if (source.ListedInputs.Contains(name))
            {
                inputs.Add(ReadTensor("input", i, name, _api.SessionGetOverridableInitializerTypeInfo) with { IsOptional = true });
            }
        }

        for (nuint i = 0; i < outputCount; i++)
        {
            outputs.Add(ReadTensor("output", i, ReadName("output", i, _api.SessionGetOutputName), _api.SessionGetOutputTypeInfo));
        }

        return BatchAxis.Infer(inputs, outputs);
    }

    private string ReadName(string side, nuint index, delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint> getName)
    {
        byte* bytes;
        Check(getName(session.Value, index, environment.DefaultAllocator, &bytes), $"name of {side} {index}");
        var name = Marshal.PtrToStringUTF8((nint)bytes)!;
        Check(_api.AllocatorFree(environment.DefaultAllocator, bytes), nameof(_api.AllocatorFree));
        return name;
    }

    private TensorSpec ReadTensor(string side, nuint index, string name, delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint> getTypeInfo)
    {
        nint typeInfo;
        Check(getTypeInfo(session.Value, index, &typeInfo), $"type of {side} {index}");
        using var ownedTypeInfo = new OrtHandle(typeInfo, _api.ReleaseTypeInfo);
        int kind;
        Check(_api.GetOnnxTypeFromTypeInfo(typeInfo, &kind), nameof(_api.GetOnnxTypeFromTypeInfo));
        if (kind != TensorType)
        {
            throw Refuse(side, name, $"is {TypeNames[kind]}; only tensors can be served");
        }

        // Lies inside the type information: not released on its own.
        nint tensorInfo;
        Check(_api.CastTypeInfoToTensorInfo(typeInfo, &tensorInfo), nameof(_api.CastTypeInfoToTensorInfo));
        return ReadTensor(side, name, tensorInfo);
    }

    private TensorSpec ReadTensor(string side, string name, nint tensorInfo)
    {
        int elementType;
        Check(_api.GetTensorElementType(tensorInfo, &elementType), nameof(_api.GetTensorElementType));
        var dataType = OrtElementTypes.ToDataType(elementType)
            ?? throw Refuse(side, name, $"has elements of ONNX's type {OrtElementTypes.NameOf(elementType)}, for which KServe has no datatype");
        if (_api.HasShape(tensorInfo) == 0)
        {
            throw Refuse(side, name, "has no declared rank; give it a shape in the model, with names for the dimensions that vary");
        }

        nuint rank;
        Check(_api.GetDimensionsCount(tensorInfo, &rank), nameof(_api.GetDimensionsCount));
        if (rank > Shape.MaxRank)
        {
            throw Refuse(side, name, $"has {rank} dimensions; at most {Shape.MaxRank} can be served");
        }

        var dimensions = stackalloc long[Shape.MaxRank];
        var symbols = stackalloc byte*[Shape.MaxRank];
        Check(_api.GetDimensions(tensorInfo, dimensions, rank), nameof(_api.GetDimensions));
        Check(_api.GetSymbolicDimensions(tensorInfo, symbols, rank), nameof(_api.GetSymbolicDimensions));
        var names = new string?[rank];
        for (nuint i = 0; i < rank; i++)
        {
            dimensions[i] = Math.Max(dimensions[i], Shape.Variable);
            names[i] = dimensions[i] == Shape.Variable && Marshal.PtrToStringUTF8((nint)symbols[i]) is { Length: > 0 } symbol ? symbol : null;
        }

        return new TensorSpec(name, dataType, new Shape(new ReadOnlySpan<long>(dimensions, (int)rank))) { Symbols = Array.TrueForAll(names, symbol => symbol is null) ? [] : names };
    }

    private BackendException Refuse(string side, string name, string why) => new(StatusCode.Unsupported, $"{_subject}: {side} '{name}' of '{source.FilePath}' {why}.");

    private void Check(nint status, string call) => _api.ThrowIfFailed(status, call, _subject);
}
