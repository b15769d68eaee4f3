using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Tensors;

namespace Camshaft.Server.CommandLine.Tensors;

/// <summary>NumPy's files as the command line reads and writes them.</summary>
internal static class NpyFile
{
    // Numbers of 2 bytes after the magic number and the version; headers are padded to 64 bytes.
    private const int PrefixByteSize = 10;
    private const int Alignment = 64;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It is none, or holds what a tensor cannot.</exception>
    public static TensorValue Read(string name, string path, byte[] file) => NpyHeader.TryRead(file, out var header, out var fault)
        ? new TensorValue(name, header.DataType, [.. header.Shape], file.AsMemory(header.DataOffset))
        : throw new CommandException($"'{path}' {fault}.");

    /// <summary>The bytes of a file that holds a tensor.</summary>
    /// <exception cref="CommandException">NumPy has no such datatype.</exception>
    public static byte[] Write(TensorValue tensor)
    {
        var code = NpyHeader.FindCode(tensor.DataType)
            ?? throw new CommandException($"Output '{tensor.Name}' is {tensor.DataType.Name}, which .npy files do not have; save it as .json.");
        var order = tensor.DataType.ByteSize == 1 ? '|' : '<';
        var shape = string.Concat(tensor.Shape.Select(static length => string.Create(CultureInfo.InvariantCulture, $"{length}, ")));
        var header = $"{{'descr': '{order}{code}', 'fortran_order': False, 'shape': ({shape.TrimEnd()}), }}";
        var padded = header.PadRight(((PrefixByteSize + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - PrefixByteSize - 1) + '\n';
        var file = new byte[PrefixByteSize + padded.Length + tensor.Data.Length];
        NpyHeader.Magic.CopyTo(file);
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)padded.Length);
        Encoding.ASCII.GetBytes(padded, file.AsSpan(PrefixByteSize));
        tensor.Data.Span.CopyTo(file.AsSpan(PrefixByteSize + padded.Length));
        return file;
    }
}
