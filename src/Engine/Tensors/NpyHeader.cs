using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Camshaft.Backends;

namespace Camshaft.Engine.Tensors;

/// <summary>
/// What a NumPy file says of its array (numpy.lib.format, versions 1 to 3): a magic number, then a header that is a Python
/// dictionary; the elements follow. Little-endian arrays in C order alone, as tensors are.
/// </summary>
/// <param name="DataType">The datatype of the elements.</param>
/// <param name="Shape">The lengths, outermost first.</param>
/// <param name="DataOffset">Where in the file the elements begin.</param>
public sealed partial record NpyHeader(DataType DataType, IReadOnlyList<long> Shape, int DataOffset)
{
    // Numbers of 2 bytes after the magic number and the version; of 4 from version 2 on.
    private const int PrefixByteSize = 10;

    private const int NewestVersion = 3;

    private static readonly (string Code, DataType DataType)[] Types =
    [
        ("b1", DataType.Bool), ("u1", DataType.UInt8), ("u2", DataType.UInt16), ("u4", DataType.UInt32), ("u8", DataType.UInt64),
        ("i1", DataType.Int8), ("i2", DataType.Int16), ("i4", DataType.Int32), ("i8", DataType.Int64),
        ("f2", DataType.Float16), ("f4", DataType.Float32), ("f8", DataType.Float64),
    ];

    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>NumPy's code for a datatype, without the byte order; null when it has none.</summary>
    public static string? FindCode(DataType dataType) => Array.Find(Types, entry => entry.DataType == dataType).Code;

    /// <summary>Reads the header.</summary>
    /// <param name="file">The file, or as much of its beginning as holds the header.</param>
    /// <param name="header">What it says; null without success.</param>
    /// <param name="fault">Why it cannot be read, as what follows the file's name in a message; null with success.</param>
    public static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out NpyHeader? header, [NotNullWhen(false)] out string? fault)
    {
        header = null;
        if (file.Length < PrefixByteSize || !file.StartsWith(Magic))
        {
            fault = "is no .npy file";
            return false;
        }

        if (file[6] is 0 or > NewestVersion)
        {
            fault = $"has the format version {file[6]}; expected 1 to {NewestVersion}";
            return false;
        }

        var isLong = file[6] >= 2;
        var start = isLong ? PrefixByteSize + 2 : PrefixByteSize;
        var length = isLong && file.Length >= start ? BinaryPrimitives.ReadUInt32LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        if (length > file.Length - start)
        {
            fault = "ends within its header";
            return false;
        }

        var match = Dictionary().Match(Encoding.UTF8.GetString(file.Slice(start, (int)length)));
        fault = Check(match, out var dataType, out var shape);
        header = fault is null ? new NpyHeader(dataType, shape, start + (int)length) : null;
        return fault is null;
    }

    private static string? Check(Match match, out DataType dataType, out long[] shape)
    {
        (dataType, shape) = (DataType.Invalid, []);
        if (!match.Success)
        {
            return "has a header that is not understood; expected 'descr', 'fortran_order' and 'shape' of a plain array";
        }

        if (match.Groups["order"].Value == "True")
        {
            return "is in Fortran order; save it with numpy.ascontiguousarray";
        }

        var descriptor = match.Groups["type"].Value;
        dataType = Array.Find(Types, entry => entry.Code == descriptor[1..]).DataType;
        if (descriptor[0] == '>' || dataType == DataType.Invalid)
        {
            return $"holds elements of type '{descriptor}'; expected little-endian numbers or booleans";
        }

        var lengths = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        shape = new long[lengths.Length];
        for (var i = 0; i < lengths.Length; i++)
        {
            if (!long.TryParse(lengths[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                return $"has the shape '({match.Groups["shape"].Value})', which is none";
            }
        }

        return null;
    }

    [GeneratedRegex(@"^\{'descr': '(?<type>[<>|=][a-zA-Z][0-9]+)', 'fortran_order': (?<order>True|False), 'shape': \((?<shape>[^)]*)\),? ?\}\s*$")]
    private static partial Regex Dictionary();
}
