using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>Takes a client's hello: agrees on a version, finds out who calls, and answers with the server's hello.</summary>
internal static class HelloReceiver
{
    /// <summary>Takes it.</summary>
    /// <returns>Who calls, the longest result that the client takes, and the features in force.</returns>
    /// <exception cref="GoAwayException">There is no version that both speak, the key is not known, or the hello is wrong.</exception>
    public static (CallerIdentity Caller, long LongestResult, WireFeatures Features) Receive(
        BinaryServices services, System.Net.IPAddress? address, SharedMemoryOffer offer, in FrameHead frame, ReadOnlySpan<byte> bytes, SendQueue sender)
    {
        var fault = HelloHead.TryRead(bytes, out var hello);
        if (fault != WireFault.None)
        {
            throw new GoAwayException(FrameKind.Hello, fault);
        }

        if (hello.LowestVersion > WireFormat.Version || hello.HighestVersion < WireFormat.Version)
        {
            throw new GoAwayException(new InferenceStatus(
                StatusCode.Unsupported,
                $"The client speaks versions {hello.LowestVersion} to {hello.HighestVersion} of the protocol; this server speaks {WireFormat.Version}."));
        }

        var status = services.Access.TryIdentify(FindKey(frame, bytes), address, out var caller);
        if (!status.IsOk)
        {
            throw new GoAwayException(status);
        }

        var features = hello.Features & offer.Features;
        sender.Send(ControlFrames.Hello(services.Options, features));
        return (caller, hello.LongestFrame, features);
    }

    private static string? FindKey(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        string? key = null;
        var fields = new FieldReader(bytes.Slice(WireFormat.HeadByteSize, frame.FieldsByteSize));
        while (fields.TryRead())
        {
            key = fields.Number == FieldNumber.ApiKey ? Encoding.UTF8.GetString(fields.Value) : key;
        }

        return fields.Fault switch
        {
            WireFault.None => key,
            WireFault.UnknownField => throw new GoAwayException(new InferenceStatus(StatusCode.Unsupported, $"The hello is wrong: {fields.Fault.Describe()}.")),
            _ => throw new GoAwayException(FrameKind.Hello, fields.Fault),
        };
    }
}
