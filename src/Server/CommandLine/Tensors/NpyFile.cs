using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Camshaft.Backends;

namespace Camshaft.Server.CommandLine.Tensors;

/// <summary>NumPy's file format (numpy.lib.format, versions 1 to 3): a magic number, a header that is a Python dictionary, the elements.</summary>
internal static partial class NpyFile
{
    // Numbers of 2 bytes after the magic number and the version; headers are padded to 64 bytes.
    private const int PrefixByteSize = 10;
    private const int Alignment = 64;

    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    private static readonly (string Code, DataType DataType)[] Types =
    [
        ("b1", DataType.Bool), ("u1", DataType.UInt8), ("u2", DataType.UInt16), ("u4", DataType.UInt32), ("u8", DataType.UInt64),
        ("i1", DataType.Int8), ("i2", DataType.Int16), ("i4", DataType.Int32), ("i8", DataType.Int64),
        ("f2", DataType.Float16), ("f4", DataType.Float32), ("f8", DataType.Float64),
    ];

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It is none, or holds what a tensor cannot.</exception>
    public static TensorValue Read(string name, string path, byte[] file)
    {
        if (file.Length < PrefixByteSize || !file.AsSpan().StartsWith(Magic))
        {
            throw new CommandException($"'{path}' is no .npy file.");
        }

        var isLong = file[6] >= 2;
        var start = isLong ? PrefixByteSize + 2 : PrefixByteSize;
        var headerLength = isLong && file.Length >= start ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        if (headerLength > file.Length - start)
        {
            throw new CommandException($"'{path}' ends within its header.");
        }

        var header = Header().Match(Encoding.UTF8.GetString(file, start, (int)headerLength));
        if (!header.Success)
        {
            throw new CommandException($"'{path}' has a header that is not understood; expected 'descr', 'fortran_order' and 'shape' of a plain array.");
        }

        if (header.Groups["order"].Value == "True")
        {
            throw new CommandException($"'{path}' is in Fortran order; save it with numpy.ascontiguousarray.");
        }

        var data = file.AsMemory(start + (int)headerLength);
        return new TensorValue(name, FindType(path, header.Groups["type"].Value), ReadShape(path, header.Groups["shape"].Value), data);
    }

    /// <summary>The bytes of a file that holds a tensor.</summary>
    /// <exception cref="CommandException">NumPy has no such datatype.</exception>
    public static byte[] Write(TensorValue tensor)
    {
        var type = Types.FirstOrDefault(entry => entry.DataType == tensor.DataType);
        if (type.Code is null)
        {
            throw new CommandException($"Output '{tensor.Name}' is {tensor.DataType.Name}, which .npy files do not have; save it as .json.");
        }

        var order = tensor.DataType.ByteSize == 1 ? '|' : '<';
        var shape = string.Concat(tensor.Shape.Select(static length => string.Create(CultureInfo.InvariantCulture, $"{length}, ")));
        var header = $"{{'descr': '{order}{type.Code}', 'fortran_order': False, 'shape': ({shape.TrimEnd()}), }}";
        var padded = header.PadRight(((PrefixByteSize + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - PrefixByteSize - 1) + '\n';
        var file = new byte[PrefixByteSize + padded.Length + tensor.Data.Length];
        Magic.CopyTo(file, 0);
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)padded.Length);
        Encoding.ASCII.GetBytes(padded, file.AsSpan(PrefixByteSize));
        tensor.Data.Span.CopyTo(file.AsSpan(PrefixByteSize + padded.Length));
        return file;
    }

    private static DataType FindType(string path, string descriptor)
    {
        var type = Types.FirstOrDefault(entry => entry.Code == descriptor[1..]);
        return descriptor[0] != '>' && type.Code is not null
            ? type.DataType
            : throw new CommandException($"'{path}' holds elements of type '{descriptor}'; expected little-endian numbers or booleans.");
    }

    private static long[] ReadShape(string path, string shape)
    {
        var lengths = shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lengths.All(static length => long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. lengths.Select(static length => long.Parse(length, CultureInfo.InvariantCulture))]
            : throw new CommandException($"'{path}' has the shape '({shape})', which is none.");
    }

    [GeneratedRegex(@"'descr': '(?<type>[<>|=][a-zA-Z][0-9]+)', 'fortran_order': (?<order>True|False), 'shape': \((?<shape>[^)]*)\)")]
    private static partial Regex Header();
}
