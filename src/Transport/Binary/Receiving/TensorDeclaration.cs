using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Engine.Telemetry;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>Tells the engine's request what the table of an infer says, and the request where the data will come.</summary>
internal static class TensorDeclaration
{
    private const int LongestTag = 256;

    /// <summary>Declares inputs, and the outputs that are asked for.</summary>
    /// <param name="preface">Head, fields and table of the frame.</param>
    /// <param name="frame">The head's first half.</param>
    /// <param name="infer">Its second half.</param>
    /// <param name="request">The request.</param>
    /// <param name="regions">The connection's regions.</param>
    /// <returns>Success, or what is wrong; the frame's length is right then, and each input's size that of its shape.</returns>
    public static InferenceStatus Declare(ReadOnlySpan<byte> preface, in FrameHead frame, in InferHead infer, BinaryRequest request, RegionTable regions)
    {
        var inference = request.Inference;
        inference.Priority = infer.Priority;
        var fields = new FieldReader(preface.Slice(WireFormat.HeadByteSize, frame.FieldsByteSize));
        while (fields.TryRead())
        {
            Take(fields.Number, fields.Value, inference);
        }

        if (fields.Fault != WireFault.None)
        {
            return Wrong(request, fields.Fault);
        }

        var tensors = new TensorTableReader(preface, frame, infer);
        for (var i = 0; tensors.TryRead(out var tensor, out var offset); i++)
        {
            var status = i < infer.InputCount ? DeclareInput(request, regions, tensor, offset) : RequestOutput(request, regions, tensor);
            if (!status.IsOk)
            {
                return status;
            }
        }

        return tensors.Fault == WireFault.None ? InferenceStatus.Ok : Wrong(request, tensors.Fault);
    }

    private static void Take(FieldNumber number, ReadOnlySpan<byte> value, InferenceRequest inference)
    {
        switch (number)
        {
            case FieldNumber.TraceParent when TraceParent.TryRead(value, out var trace):
                inference.Trace = trace;
                break;
            case FieldNumber.TraceState when RequestSpans.IsWanted:
                inference.TraceState = Encoding.UTF8.GetString(value);
                break;
            case FieldNumber.Tag:
                TakeTag(value, inference);
                break;
            default:
                // Nothing asks for the others in an infer.
                break;
        }
    }

    private static void TakeTag(ReadOnlySpan<byte> tag, InferenceRequest inference)
    {
        // What is longer is no value that is told apart.
        Span<char> text = stackalloc char[LongestTag];
        var equals = tag.IndexOf((byte)'=');
        if (tag.Length <= LongestTag)
        {
            var name = Encoding.UTF8.GetChars(tag[..equals], text);
            var value = Encoding.UTF8.GetChars(tag[(equals + 1)..], text[name..]);
            inference.AddTag(text[..name], text.Slice(name, value));
        }
    }

    private static InferenceStatus DeclareInput(BinaryRequest request, RegionTable regions, in TensorEntry tensor, long offset)
    {
        var inference = request.Inference;
        if (tensor.Index >= inference.Signature.Inputs.Count)
        {
            return NoTensor(request, "input", tensor.Index, inference.Signature.Inputs.Count);
        }

        var status = inference.DeclareInput(tensor.Index, tensor.DataType, tensor.Shape.Dimensions, tensor.ByteSize);
        if (!status.IsOk)
        {
            return status;
        }

        if (tensor.Place == TensorPlace.Region)
        {
            status = TryLease(request, regions, "input", inference.Signature.Inputs[tensor.Index], tensor, out var region);
            if (region is not null)
            {
                request.Regions.AddInput(inference, new RegionPlace(tensor.Index, region, tensor.Region, tensor.Offset, tensor.ByteSize));
            }
        }
        else if (tensor.ByteSize > 0)
        {
            // The engine has checked that it is less than 2 GiB.
            request.AddPlace(new InputPlace(tensor.Index, offset, (int)tensor.ByteSize));
        }

        return status;
    }

    private static InferenceStatus RequestOutput(BinaryRequest request, RegionTable regions, in TensorEntry tensor)
    {
        var inference = request.Inference;
        if (tensor.Index >= inference.Signature.Outputs.Count)
        {
            return NoTensor(request, "output", tensor.Index, inference.Signature.Outputs.Count);
        }

        if (tensor.Place != TensorPlace.Region)
        {
            return inference.RequestOutput(tensor.Index);
        }

        var output = inference.Signature.Outputs[tensor.Index];
        var status = inference.RequestOutput(tensor.Index, room: tensor.ByteSize);
        if (!status.IsOk)
        {
            return status;
        }

        status = TryLease(request, regions, "output", output, tensor, out var region);
        if (region is null)
        {
            return status;
        }

        if (!region.IsWritable)
        {
            region.Release();
            return new InferenceStatus(StatusCode.InvalidArgument, $"{inference.Model}: output '{output.Name}' cannot be written to region {tensor.Region}, whose seals or descriptor let it be read alone.");
        }

        request.Regions.AddOutput(inference, new RegionPlace(tensor.Index, region, tensor.Region, tensor.Offset, tensor.ByteSize));
        return status;
    }

    /// <summary>Finds the region of a tensor and takes a share in it.</summary>
    private static InferenceStatus TryLease(BinaryRequest request, RegionTable regions, string side, TensorSpec spec, in TensorEntry tensor, out SharedRegion? region)
    {
        if (!regions.TryLease(tensor.Region, out region))
        {
            return new InferenceStatus(StatusCode.NotFound, $"{request.Inference.Model}: {side} '{spec.Name}': there is no region {tensor.Region} on this connection.");
        }

        if (region.Contains(tensor.Offset, tensor.ByteSize))
        {
            return InferenceStatus.Ok;
        }

        var byteSize = region.ByteSize;
        region.Release();
        region = null;
        return new InferenceStatus(
            StatusCode.InvalidArgument,
            $"{request.Inference.Model}: {side} '{spec.Name}': {tensor.ByteSize} bytes at {tensor.Offset} do not lie in region {tensor.Region} of {byteSize} bytes.");
    }

    private static InferenceStatus Wrong(BinaryRequest request, WireFault fault) => new(
        fault == WireFault.UnknownField ? StatusCode.Unsupported : StatusCode.InvalidArgument,
        $"{request.Inference.Model}: the infer is wrong: {fault.Describe()}.");

    private static InferenceStatus NoTensor(BinaryRequest request, string side, int index, int count) =>
        new(StatusCode.InvalidArgument, $"{request.Inference.Model} has no {side} {index}; it has {count}, counted from 0.");
}
