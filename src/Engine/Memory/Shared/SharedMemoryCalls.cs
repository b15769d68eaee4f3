using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Engine.Memory.Shared;

/// <summary>The calls to Linux by which shared memory is opened, looked at and mapped, with the numbers of its headers. Stateless.</summary>
internal static unsafe partial class SharedMemoryCalls
{
    // fcntl.h: the seals of memory, and how a descriptor was opened.
    public const int SealShrink = 0x2;
    public const int SealWrite = 0x8;
    public const int SealFutureWrite = 0x10;

    private const int GetSealsCommand = 1034;
    private const int GetFlagsCommand = 3;
    private const int AccessMode = 3;
    private const int ReadWrite = 2;

    // Symbolic links are not followed, and an object that is no file is not waited for.
    private const int OpenFlags = ReadWrite | NonBlocking | CloseOnExec;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    // mman.h.
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int MapShared = 1;
    private const int MapPrivate = 2;

    // magic.h: the file system that ordinary shared memory is in; memory of huge pages is in another.
    private const long TmpfsMagic = 0x01021994;

    // stat.h: statx of the descriptor itself, and where in its answer things are.
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int StatxByteSize = 256;
    private const int StatfsByteSize = 256;

    // O_NOFOLLOW is the one flag that differs between processors.
    private static int NoFollow => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>Opens an object of the file system of shared memory; invalid where that fails.</summary>
    public static SafeFileHandle Open(string path) => new(OpenFile(path, OpenFlags | NoFollow), ownsHandle: true);

    /// <summary>The seals of a descriptor; negative when it is of nothing that has seals.</summary>
    public static int GetSeals(SafeFileHandle descriptor) => Control(descriptor, GetSealsCommand, 0);

    /// <summary>Whether a descriptor was opened for reading and writing.</summary>
    public static bool IsOpenForWriting(SafeFileHandle descriptor) => Control(descriptor, GetFlagsCommand, 0) is >= 0 and var flags && (flags & AccessMode) == ReadWrite;

    /// <summary>Whether a descriptor is of ordinary shared memory.</summary>
    public static bool IsInTmpfs(SafeFileHandle descriptor)
    {
        // The type is the first word; the rest of the structure fits with room to spare.
        var answer = stackalloc long[StatfsByteSize / sizeof(long)];
        return FileSystemOf(descriptor, answer) == 0 && *answer == TmpfsMagic;
    }

    /// <summary>Looks at what a descriptor is of.</summary>
    /// <returns><see langword="false"/> when it cannot be looked at.</returns>
    public static bool TryGetStatus(SafeFileHandle descriptor, out FileStatus status)
    {
        // The structure has the same layout on every processor: owner at 20, mode at 28, size at 40.
        var answer = stackalloc byte[StatxByteSize];
        var result = Status(descriptor, "", EmptyPath, BasicStats, answer);
        status = result == 0 ? new FileStatus(*(uint*)(answer + 20), *(ushort*)(answer + 28), *(long*)(answer + 40)) : default;
        return result == 0;
    }

    /// <summary>Maps memory.</summary>
    /// <param name="descriptor">The memory.</param>
    /// <param name="offset">A multiple of the page's size.</param>
    /// <param name="byteSize">How many bytes.</param>
    /// <param name="isWritable">Whether it is written to.</param>
    /// <param name="isImmutable">Whether nobody can; such memory some kernels map privately alone, which is the same then.</param>
    /// <returns>The address; -1 when that fails.</returns>
    public static nint Map(SafeFileHandle descriptor, long offset, long byteSize, bool isWritable, bool isImmutable) =>
        MapMemory(0, (nuint)byteSize, ProtectRead | (isWritable ? ProtectWrite : 0), isImmutable ? MapPrivate : MapShared, descriptor, offset);

    /// <summary>Ends a mapping.</summary>
    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint address, nuint byteSize);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int FileSystemOf(SafeFileHandle descriptor, void* answer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(SafeFileHandle directory, string path, int flags, uint mask, void* answer);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapMemory(nint address, nuint byteSize, int protection, int flags, SafeFileHandle descriptor, long offset);
}
