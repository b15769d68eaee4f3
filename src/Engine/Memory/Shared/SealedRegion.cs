using System.Runtime.InteropServices;
using Camshaft.Backends;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Engine.Memory.Shared;

/// <summary>
/// Shared memory that is mapped, and whose seal says that it cannot shrink: what is mapped stays there, whatever its owner
/// does. Tensors are read and written where they lie.
/// </summary>
public sealed unsafe class SealedRegion : SharedRegion
{
    private const string OvercommitPath = "/proc/sys/vm/overcommit_memory";

    private readonly nint _mapping;
    private readonly nuint _mappedByteSize;
    private readonly nint _address;

    private SealedRegion(RegionAllowance allowance, long byteSize, nint mapping, nuint mappedByteSize, bool isWritable, bool isImmutable, bool isLent)
        : base(allowance, byteSize)
    {
        _mapping = mapping;
        _mappedByteSize = mappedByteSize;
        _address = mapping + (nint)(mappedByteSize - (nuint)byteSize);
        IsWritable = isWritable;
        IsImmutable = isImmutable;
        LentAddress = isLent || isImmutable ? _address : 0;
    }

    /// <summary>
    /// Whether the system keeps the promise: on Linux, unless it counts memory so strictly (<c>vm.overcommit_memory=2</c>) that it may have no page for
    /// a hole, whose first use would end the process.
    /// </summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && File.Exists(OvercommitPath) && !File.ReadAllText(OvercommitPath).StartsWith('2');

    /// <inheritdoc/>
    public override bool IsWritable { get; }

    private protected override nint LentAddress { get; }

    private protected override bool IsImmutable { get; }

    /// <summary>Maps memory, after a look at what it is.</summary>
    /// <param name="descriptor">The memory; the caller's, and not needed any more afterwards.</param>
    /// <param name="offset">Where in it the region begins.</param>
    /// <param name="byteSize">How many bytes it has.</param>
    /// <param name="isLent">Whether tensors may be used where they lie although the client can change them; otherwise they are copied.</param>
    /// <param name="allowance">From which the region is taken.</param>
    /// <param name="region">The region, whose first share is the caller's; null without success.</param>
    /// <returns>Success, or why it cannot be used.</returns>
    public static InferenceStatus TryOpen(SafeFileHandle descriptor, long offset, long byteSize, bool isLent, RegionAllowance allowance, out SharedRegion? region)
    {
        region = null;
        var seals = SharedMemoryCalls.GetSeals(descriptor);
        if (seals < 0 || !SharedMemoryCalls.TryGetStatus(descriptor, out var status))
        {
            return Invalid("The descriptor is of nothing that has seals; expected memory of memfd_create with MFD_ALLOW_SEALING.");
        }

        if ((seals & SharedMemoryCalls.SealShrink) == 0)
        {
            return Invalid("The memory is not sealed against shrinking; expected F_SEAL_SHRINK.");
        }

        // Huge pages can run out, which ends whoever touches one.
        if (!SharedMemoryCalls.IsInTmpfs(descriptor))
        {
            return Invalid("The memory is of huge pages; expected ordinary ones.");
        }

        if (byteSize <= 0 || offset < 0 || byteSize > status.ByteSize || offset > status.ByteSize - byteSize)
        {
            return Invalid($"A region of {byteSize} bytes at {offset} does not lie in memory of {status.ByteSize} bytes.");
        }

        if (!allowance.TryTake())
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"The server has {allowance.Limit} regions of shared memory, as many as it may.");
        }

        var isImmutable = (seals & SharedMemoryCalls.SealWrite) != 0;
        var isWritable = !isImmutable && (seals & SharedMemoryCalls.SealFutureWrite) == 0 && SharedMemoryCalls.IsOpenForWriting(descriptor);
        var before = offset % Environment.SystemPageSize;
        var mapping = SharedMemoryCalls.Map(descriptor, offset - before, before + byteSize, isWritable, isImmutable);
        if (mapping == -1)
        {
            var reason = Marshal.GetLastPInvokeErrorMessage();
            allowance.GiveBack();
            return Invalid($"The memory cannot be mapped: {reason}.");
        }

        region = new SealedRegion(allowance, byteSize, mapping, (nuint)(before + byteSize), isWritable, isImmutable, isLent);
        return InferenceStatus.Ok;
    }

    /// <inheritdoc/>
    // The caller's share keeps the mapping, and the bounds were checked.
    public override InferenceStatus Read(long offset, Span<byte> destination)
    {
        new ReadOnlySpan<byte>((void*)(_address + (nint)offset), destination.Length).CopyTo(destination);
        return InferenceStatus.Ok;
    }

    /// <inheritdoc/>
    // The caller's share keeps the mapping, and the bounds were checked.
    public override InferenceStatus Write(long offset, ReadOnlySpan<byte> source)
    {
        source.CopyTo(new Span<byte>((void*)(_address + (nint)offset), source.Length));
        return InferenceStatus.Ok;
    }

    private protected override void Free() => _ = SharedMemoryCalls.Unmap(_mapping, _mappedByteSize);

    private static InferenceStatus Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
