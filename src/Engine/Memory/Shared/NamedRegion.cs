using System.Runtime.InteropServices;
using Camshaft.Backends;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Engine.Memory.Shared;

/// <summary>
/// Shared memory with a name, as <c>shm_open</c> makes it. Read and written through its descriptor, one copy each, and never
/// mapped: memory that its owner makes shorter gives an error and no fault.
/// </summary>
public sealed class NamedRegion : SharedRegion
{
    // Where Linux has what POSIX calls shared memory objects.
    private const string Directory = "/dev/shm";
    private const int LongestName = 255;

    private readonly string _name;
    private readonly SafeFileHandle _descriptor;
    private readonly long _offset;

    private NamedRegion(RegionAllowance allowance, string name, SafeFileHandle descriptor, long offset, long byteSize)
        : base(allowance, byteSize)
    {
        _name = name;
        _descriptor = descriptor;
        _offset = offset;
    }

    /// <summary>Whether there is such memory here: on Linux.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <inheritdoc/>
    public override bool IsWritable => true;

    /// <summary>Opens memory, if the one who asks for it could as well.</summary>
    /// <param name="name">Its name: a slash and up to 254 more characters, none of them a slash.</param>
    /// <param name="user">The user who asks; null = nobody knows, and then it must be open to all.</param>
    /// <param name="offset">Where in it the region begins.</param>
    /// <param name="byteSize">How many bytes it has.</param>
    /// <param name="allowance">From which the region is taken.</param>
    /// <param name="region">The region, whose first share is the caller's; null without success.</param>
    /// <returns>Success, or why it cannot be used.</returns>
    public static InferenceStatus TryOpen(string name, uint? user, long offset, long byteSize, RegionAllowance allowance, out SharedRegion? region)
    {
        region = null;
        if (!IsName(name))
        {
            return new InferenceStatus(StatusCode.InvalidArgument, $"'{name}' is no name of shared memory; expected a slash and up to {LongestName - 1} other characters.");
        }

        var descriptor = SharedMemoryCalls.Open(Directory + name);
        if (descriptor.IsInvalid)
        {
            var reason = Marshal.GetLastPInvokeErrorMessage();
            descriptor.Dispose();
            return new InferenceStatus(StatusCode.NotFound, $"Shared memory '{name}' cannot be opened: {reason}.");
        }

        var status = Check(name, descriptor, user, offset, byteSize);
        if (status.IsOk && !allowance.TryTake())
        {
            status = new InferenceStatus(StatusCode.ResourceExhausted, $"The server has {allowance.Limit} regions of shared memory, as many as it may.");
        }

        if (!status.IsOk)
        {
            descriptor.Dispose();
            return status;
        }

        region = new NamedRegion(allowance, name, descriptor, offset, byteSize);
        return status;
    }

    /// <inheritdoc/>
    public override InferenceStatus Read(long offset, Span<byte> destination)
    {
        try
        {
            var position = _offset + offset;
            while (!destination.IsEmpty)
            {
                var read = RandomAccess.Read(_descriptor, destination, position);
                if (read == 0)
                {
                    return Shrunk(position + destination.Length);
                }

                destination = destination[read..];
                position += read;
            }

            return InferenceStatus.Ok;
        }
        catch (IOException exception)
        {
            return Failed("read", exception);
        }
    }

    /// <inheritdoc/>
    public override InferenceStatus Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            // A write beyond the end would make it longer again.
            var end = _offset + offset + source.Length;
            if (RandomAccess.GetLength(_descriptor) < end)
            {
                return Shrunk(end);
            }

            RandomAccess.Write(_descriptor, source, _offset + offset);
            return InferenceStatus.Ok;
        }
        catch (IOException exception)
        {
            return Failed("written", exception);
        }
    }

    private protected override void Free() => _descriptor.Dispose();

    private static bool IsName(string name) =>
        name.Length is > 1 and <= LongestName && name[0] == '/' && name.IndexOf('/', 1) < 0 && !name.Contains('\0', StringComparison.Ordinal) && name is not ("/." or "/..");

    private static InferenceStatus Check(string name, SafeFileHandle descriptor, uint? user, long offset, long byteSize)
    {
        if (!SharedMemoryCalls.TryGetStatus(descriptor, out var status) || !status.IsRegular)
        {
            return new InferenceStatus(StatusCode.InvalidArgument, $"'{name}' is no shared memory.");
        }

        // Otherwise the server would open for a caller what is closed to the caller.
        if (!status.IsOpenTo(user))
        {
            var expected = user is null ? "over TCP, where nobody knows which user calls, it must be open to all (0666)" : "it must be the calling user's, or open to all (0666)";
            return new InferenceStatus(StatusCode.PermissionDenied, $"Shared memory '{name}' belongs to user {status.Owner} with mode {status.Rights}; {expected}.");
        }

        return byteSize > 0 && offset >= 0 && byteSize <= status.ByteSize && offset <= status.ByteSize - byteSize
            ? InferenceStatus.Ok
            : new InferenceStatus(StatusCode.InvalidArgument, $"A region of {byteSize} bytes at {offset} does not lie in '{name}' of {status.ByteSize} bytes.");
    }

    private InferenceStatus Shrunk(long end) =>
        new(StatusCode.InvalidArgument, $"Shared memory '{_name}' has become shorter than the {end} bytes that the request needs of it.");

    private InferenceStatus Failed(string what, IOException exception) =>
        new(StatusCode.InvalidArgument, $"Shared memory '{_name}' cannot be {what}: {exception.Message}");
}
