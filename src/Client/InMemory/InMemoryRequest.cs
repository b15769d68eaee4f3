using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client;

/// <summary>A request to a model of an <see cref="InMemoryInferenceClient"/>: its inputs, and where its outputs go. One thread at a time.</summary>
public sealed class InMemoryRequest
{
    private readonly InferenceInput[] _inputs;
    private readonly List<(string Name, DataType DataType, Shape Shape, byte[] Data)> _outputs = [];

    internal InMemoryRequest(InferenceInput[] inputs, InferenceOptions options)
    {
        _inputs = inputs;
        Options = options;
    }

    /// <summary>What the request said beside its inputs.</summary>
    public InferenceOptions Options { get; }

    /// <summary>Its inputs.</summary>
    public IReadOnlyList<InferenceInput> Inputs => _inputs;

    /// <summary>The elements of an input.</summary>
    /// <typeparam name="T">The .NET type of its datatype.</typeparam>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">The request has no such input.</exception>
    public ReadOnlySpan<T> Read<T>(string name)
        where T : unmanaged
    {
        foreach (ref readonly var input in _inputs.AsSpan())
        {
            if (input.Name == name)
            {
                return new InferenceOutput(name, input.DataType, input.Shape, input.Bytes).Read<T>();
            }
        }

        throw new KeyNotFoundException($"The request has no input '{name}'.");
    }

    /// <summary>Writes an output.</summary>
    /// <typeparam name="T">The .NET type of its datatype.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its elements, row by row; copied.</param>
    /// <param name="shape">Its dimensions; without any it is a vector of all values.</param>
    public void Write<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ReadOnlySpan<long> vector = [values.Length];
        _outputs.Add((name, ElementType<T>.Require(), new Shape(shape.IsEmpty ? vector : shape), MemoryMarshal.AsBytes(values).ToArray()));
    }

    internal InferenceResult ToResult(ModelSignature signature, long version)
    {
        var frame = new ResultFrame(signature, version, Options.OutputRegions);
        foreach (var wanted in Options.OutputRegions)
        {
            var (name, place) = (wanted.Name, wanted.Place);
            var output = _outputs.Find(output => output.Name == name);
            if (output.Data is null)
            {
                throw new InferenceException(StatusCode.InvalidArgument, $"The model has no output '{name}'.");
            }

            if (output.Data.Length > place.ByteSize)
            {
                throw new InferenceException(StatusCode.InvalidArgument, $"Output '{name}' has {output.Data.Length} bytes; the request has room for {place.ByteSize}.");
            }

            output.Data.CopyTo(place.Bytes);
            frame.Add(name, output.DataType, output.Shape, output.Data.Length, place);
        }

        var hasAll = Options.Outputs.Count == 0 && Options.OutputRegions.Count == 0;
        var outputs = _outputs.Where(output => hasAll || Options.Outputs.Contains(output.Name)).ToList();
        foreach (var output in outputs)
        {
            frame.Add(output.Name, output.DataType, output.Shape, output.Data.Length);
        }

        frame.Rent();
        for (var i = 0; i < outputs.Count; i++)
        {
            outputs[i].Data.CopyTo(frame.GetData(Options.OutputRegions.Count + i));
        }

        return frame.Detach();
    }
}
