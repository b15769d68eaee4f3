using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Camshaft.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Client.SharedMemory;

/// <summary>Memory that other processes can map or open as well: sealed, to be passed by its descriptor, or with a name. Linux alone; ends when it is disposed.</summary>
internal sealed unsafe class MappedMemory : MemoryManager<byte>
{
    private const string Directory = "/dev/shm";
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Open = Own | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string? _path;
    private readonly int _byteSize;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _address;

    private MappedMemory(SafeFileHandle descriptor, string? path, int byteSize)
    {
        Descriptor = descriptor;
        _path = path;
        _byteSize = byteSize;
        try
        {
            _file = MemoryMappedFile.CreateFromFile(descriptor, mapName: null, byteSize, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            _view = _file.CreateViewAccessor(0, byteSize);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _address);
        }
        catch
        {
            _view?.Dispose();
            _file?.Dispose();
            Remove();
            throw;
        }
    }

    /// <summary>The memory, as the system knows it.</summary>
    public SafeFileHandle Descriptor { get; }

    public RegionKind Kind => _path is null ? RegionKind.Sealed : RegionKind.Named;

    /// <summary>Its name; empty for memory that has none.</summary>
    public string Name => _path is null ? "" : _path[Directory.Length..];

    /// <summary>Makes memory that can neither shrink nor grow, and that nobody knows who was not given its descriptor.</summary>
    /// <exception cref="IOException">The system has none.</exception>
    public static MappedMemory CreateSealed(int byteSize)
    {
        var descriptor = NativeMethods.CreateMemory("camshaft", NativeMethods.CloseOnExecute | NativeMethods.AllowSealing);
        if (descriptor.IsInvalid)
        {
            var reason = Marshal.GetLastPInvokeErrorMessage();
            descriptor.Dispose();
            throw new IOException($"Shared memory cannot be made: {reason}.");
        }

        try
        {
            RandomAccess.SetLength(descriptor, byteSize);
            if (NativeMethods.Control(descriptor, NativeMethods.AddSeals, NativeMethods.SealShrink | NativeMethods.SealGrow) < 0)
            {
                throw new IOException($"Shared memory cannot be sealed: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }

        return new MappedMemory(descriptor, null, byteSize);
    }

    /// <summary>Makes memory with a name that nobody guesses.</summary>
    /// <param name="byteSize">Its bytes.</param>
    /// <param name="isOpenToAll">Whether every user of this machine may read and write it, or this process's alone.</param>
    /// <exception cref="IOException">The system has none.</exception>
    public static MappedMemory CreateNamed(int byteSize, bool isOpenToAll)
    {
        var path = $"{Directory}/camshaft-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        var descriptor = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            RandomAccess.SetLength(descriptor, byteSize);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(descriptor, isOpenToAll ? Open : Own);
            }
        }
        catch
        {
            descriptor.Dispose();
            File.Delete(path);
            throw;
        }

        return new MappedMemory(descriptor, path, byteSize);
    }

    /// <inheritdoc/>
    // The view keeps the mapping, which has so many bytes, until Dispose.
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_address is null, typeof(SharedRegion));
        return new Span<byte>(_address, _byteSize);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_byteSize, nameof(elementIndex));
        ObjectDisposedException.ThrowIf(_address is null, typeof(SharedRegion));
        return new MemoryHandle(_address + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
        // It never moves.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _address is not null)
        {
            _address = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
            Remove();
        }
    }

    private void Remove()
    {
        Descriptor.Dispose();
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }
}
