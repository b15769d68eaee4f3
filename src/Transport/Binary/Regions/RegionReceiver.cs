using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Receiving;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Regions;

/// <summary>Takes registers and unregisters. Belongs to the receive loop.</summary>
internal sealed class RegionReceiver(BinaryServices services, SharedMemoryOffer offer, InferGate gate, RequestOwner owner)
{
    /// <summary>What of the offer the client takes; set when the hello has come.</summary>
    public WireFeatures Features { get; set; }

    /// <summary>Takes the descriptor that came with a register, however that ends: the next one belongs to the next register.</summary>
    /// <exception cref="GoAwayException">It is lost, and so are those of all registers to come.</exception>
    public SafeFileHandle? TakeDescriptor(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        _ = RegisterHead.TryRead(bytes, frame, out var register);
        if (register.Kind != RegionKind.Sealed || offer.Descriptors is not { } descriptors)
        {
            return null;
        }

        return descriptors.TryTake(out var descriptor) || !descriptors.HasLostSome
            ? descriptor
            : throw new GoAwayException(new InferenceStatus(StatusCode.ResourceExhausted, "More descriptors came than the server keeps for registers that are still to come; this one's is lost."));
    }

    /// <summary>Takes a register.</summary>
    public void Register(in FrameHead frame, ReadOnlySpan<byte> bytes, SafeFileHandle? descriptor)
    {
        var status = TryRegister(frame, bytes, descriptor);
        if (status.IsOk)
        {
            owner.Answer(frame.Id, ControlFrames.Done(frame.Id));
        }
        else
        {
            owner.Refuse(frame.Id, status, FrameFlags.NotBegun, charge: 0);
        }
    }

    /// <summary>Takes an unregister, which is answered when nothing uses the region any more.</summary>
    public void Unregister(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        var fault = TargetHead.TryRead(bytes, out var target);
        if (fault != WireFault.None)
        {
            owner.Refuse(frame.Id, new InferenceStatus(StatusCode.InvalidArgument, $"The unregister is wrong: {fault.Describe()}."), FrameFlags.NotBegun, charge: 0);
            return;
        }

        owner.InFlight.Add(frame.Id, default(InferenceRequestHandle));
        if (owner.Regions.TryLeave(target.Target, frame.Id))
        {
            owner.AnswerFreeRegions();
        }
        else
        {
            owner.Refuse(frame.Id, new InferenceStatus(StatusCode.NotFound, $"There is no region {target.Target} on this connection."), FrameFlags.NotBegun, charge: 0);
        }
    }

    private InferenceStatus TryRegister(in FrameHead frame, ReadOnlySpan<byte> bytes, SafeFileHandle? descriptor)
    {
        var status = gate.CheckId(frame.Id);
        if (!status.IsOk)
        {
            return status;
        }

        var fault = RegisterHead.TryRead(bytes, frame, out var register);
        var name = "";
        if (fault == WireFault.None && register.Kind != RegionKind.Cuda)
        {
            fault = TextBlock.TryRead(bytes, frame, register.NameByteSize, out var text);
            name = fault == WireFault.None ? Encoding.UTF8.GetString(text) : "";
        }

        if (fault != WireFault.None)
        {
            return new InferenceStatus(StatusCode.InvalidArgument, $"The register is wrong: {fault.Describe()}.");
        }

        var (feature, kind) = register.Kind switch
        {
            RegionKind.Sealed => (WireFeatures.SealedMemory, "Sealed"),
            RegionKind.Named => (WireFeatures.NamedMemory, "Named"),
            _ => (WireFeatures.CudaMemory, "CUDA"),
        };
        if ((Features & feature) == 0)
        {
            return new InferenceStatus(StatusCode.Unsupported, $"{kind} memory is not in force on this connection, as the hellos say.");
        }

        using var admission = services.Access.Admit(gate.Caller, AccessRights.Infer);
        status = admission.Status.IsOk ? owner.Regions.Check(register.Region, register.ByteSize) : admission.Status;
        if (!status.IsOk)
        {
            return status;
        }

        SharedRegion? region;
        status = register.Kind switch
        {
            RegionKind.Sealed => OpenSealed(register, descriptor, out region),
            RegionKind.Named => OpenNamed(register, name, out region),
            _ => OpenCuda(register, RegisterHead.GetHandle(bytes, frame), out region),
        };
        if (region is not null)
        {
            owner.Regions.Add(register.Region, region);
        }

        return status;
    }

    private InferenceStatus OpenSealed(in RegisterHead register, SafeFileHandle? descriptor, out SharedRegion? region)
    {
        region = null;
        return register.NameByteSize > 0 ? new InferenceStatus(StatusCode.InvalidArgument, "Sealed memory has no name; its descriptor comes with the frame's first byte.")
            : descriptor is null ? new InferenceStatus(StatusCode.InvalidArgument, "No descriptor came with the frame; sealed memory is registered by one.")
            : SealedRegion.TryOpen(descriptor, register.Offset, register.ByteSize, services.Options.SharedMemory.UsesInPlace, services.Regions, out region);
    }

    private InferenceStatus OpenNamed(in RegisterHead register, string name, out SharedRegion? region) =>
        NamedRegion.TryOpen(name, offer.User, register.Offset, register.ByteSize, services.Regions, out region);

    // Here and now, as the other kinds: an infer right behind it finds the region. The driver takes its time, once for each.
    private InferenceStatus OpenCuda(in RegisterHead register, ReadOnlySpan<byte> handle, out SharedRegion? region)
    {
        region = null;
        var ordinal = register.Ordinal;
        IAccelerator[] gpus = [.. services.Engine.Devices.OfType<IAccelerator>().Where(static device => device.Kind == DeviceKind.Cuda)];
        var status = Array.Find(gpus, gpu => gpu.Ordinal == ordinal) is not { } device
            ? new InferenceStatus(StatusCode.NotFound, $"there is no GPU {ordinal}; the server has {string.Join(", ", gpus.Select(static gpu => gpu.Ordinal))}.")
            : DeviceRegion.TryOpen(device, handle, register.Offset, register.ByteSize, services.Options.SharedMemory.UsesInPlace, services.Regions, out region);
        return status.IsOk ? status : new InferenceStatus(status.Code, $"Region {register.Region}: {status.Message}");
    }
}
