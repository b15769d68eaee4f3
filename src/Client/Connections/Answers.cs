using System.Text;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>Reads the frames that answer requests. Stateless; what the server must not send is an <see cref="InvalidDataException"/>, which ends the connection.</summary>
internal static class Answers
{
    /// <summary>Makes a result of a frame, which it then owns.</summary>
    public static InferenceResult ReadResult(byte[] frame, in FrameHead head, ModelSignature signature, IReadOnlyList<OutputRegion> regions)
    {
        Throw(ResultHead.TryRead(frame, head, out var result));
        var reader = new TensorTableReader(frame, head, result);
        while (reader.TryRead(out var entry, out _))
        {
            if (entry.Index >= signature.Outputs.Count)
            {
                throw new InvalidDataException($"The server sent a result with output {entry.Index}; the model has {signature.Outputs.Count} outputs.");
            }

            if (entry.Place == TensorPlace.Region && !(InferenceResult.FindPlace(regions, signature.Outputs[entry.Index].Name) is { } place
                && entry.Region == place.Region.Number && entry.Offset == place.Offset && entry.ByteSize <= place.ByteSize))
            {
                throw new InvalidDataException($"The server sent output {entry.Index} to region {entry.Region}, where it was not wanted.");
            }
        }

        Throw(reader.Fault);
        return new InferenceResult(signature, frame, result, regions);
    }

    /// <summary>Reads the error that ends a request.</summary>
    public static (InferenceStatus Status, AttemptFlags Flags) ReadError(ReadOnlySpan<byte> frame, in FrameHead head)
    {
        var status = ReadStatus(frame, head, out var error);
        var flags = ((head.Flags & FrameFlags.NotBegun) != 0 ? AttemptFlags.NotBegun : AttemptFlags.None)
            | ((head.Flags & FrameFlags.OpenAgain) != 0 ? AttemptFlags.OpenAgain : AttemptFlags.None);
        return (error.Microseconds > 0 ? status with { RetryAfter = TimeSpan.FromMicroseconds(error.Microseconds) } : status, flags);
    }

    /// <summary>Reads why the connection ends; <see cref="StatusHead.Code"/> tells whether in order.</summary>
    public static InferenceStatus ReadGoAway(ReadOnlySpan<byte> frame, in FrameHead head, out StatusHead goAway) => ReadStatus(frame, head, out goAway);

    /// <summary>Reads the signature of a model that was opened.</summary>
    public static OpenedModel ReadOpened(ReadOnlySpan<byte> frame, in FrameHead head, CamshaftModel model)
    {
        Throw(OpenedHead.TryRead(frame, out var opened));
        var rest = frame[(WireFormat.HeadByteSize + head.FieldsByteSize)..];
        var inputs = ReadTensors(ref rest, opened.InputCount);
        var outputs = ReadTensors(ref rest, opened.OutputCount);
        Throw(rest.IsEmpty ? WireFault.None : WireFault.Table);
        try
        {
            return new OpenedModel(model, opened.Handle, opened.Version, new ModelSignature(inputs, outputs));
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The server sent a wrong signature of '{model.Name}': {exception.Message}", exception);
        }
    }

    private static TensorSpec[] ReadTensors(ref ReadOnlySpan<byte> rest, int count)
    {
        var tensors = new TensorSpec[count];
        for (var i = 0; i < count; i++)
        {
            Throw(SignatureEntry.TryRead(ref rest, out var tensor));
            tensors[i] = tensor!;
        }

        return tensors;
    }

    private static InferenceStatus ReadStatus(ReadOnlySpan<byte> frame, in FrameHead head, out StatusHead status)
    {
        Throw(StatusHead.TryRead(frame, head, out status));
        Throw(TextBlock.TryRead(frame, head, status.MessageByteSize, out var text));
        var message = text.IsEmpty ? "The server gives no reason." : Encoding.UTF8.GetString(text);

        // A go-away in order still is a reason why requests go elsewhere.
        return new InferenceStatus(status.Code == StatusCode.Ok ? StatusCode.Unavailable : status.Code, message);
    }

    private static void Throw(WireFault fault)
    {
        if (fault != WireFault.None)
        {
            throw new InvalidDataException($"The server sent a wrong frame: {fault.Describe()}.");
        }
    }
}
