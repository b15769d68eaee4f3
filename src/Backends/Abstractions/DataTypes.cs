using System.Diagnostics.CodeAnalysis;

namespace Camshaft.Backends;

/// <summary>The one table of datatypes: name on the wire, name in a Triton model configuration, bytes per element.</summary>
public static class DataTypes
{
    private readonly record struct Entry(string Name, string ConfigName, int ByteSize);

    // Indexed by the value of DataType. Source: KServe V2 "Tensor Data Types"; Triton model_config.proto for names and order.
    private static readonly Entry[] Table =
    [
        new("INVALID", "TYPE_INVALID", 0),
        new("BOOL", "TYPE_BOOL", 1),
        new("UINT8", "TYPE_UINT8", 1),
        new("UINT16", "TYPE_UINT16", 2),
        new("UINT32", "TYPE_UINT32", 4),
        new("UINT64", "TYPE_UINT64", 8),
        new("INT8", "TYPE_INT8", 1),
        new("INT16", "TYPE_INT16", 2),
        new("INT32", "TYPE_INT32", 4),
        new("INT64", "TYPE_INT64", 8),
        new("FP16", "TYPE_FP16", 2),
        new("FP32", "TYPE_FP32", 4),
        new("FP64", "TYPE_FP64", 8),
        new("BYTES", "TYPE_STRING", 0),
        new("BF16", "TYPE_BF16", 2),
    ];

    /// <summary>Every valid datatype, in the order of its value.</summary>
    public static IReadOnlyList<DataType> All { get; } = [.. Enumerable.Range(1, Table.Length - 1).Select(value => (DataType)value)];

    extension(DataType dataType)
    {
        /// <summary>The name on the wire and in messages, for example <c>FP32</c>.</summary>
        public string Name => Table[(int)dataType].Name;

        /// <summary>The name in a Triton model configuration, for example <c>TYPE_FP32</c>.</summary>
        public string ConfigName => Table[(int)dataType].ConfigName;

        /// <summary>Bytes per element; 0 where elements vary in size (<see cref="DataType.Bytes"/>).</summary>
        public int ByteSize => Table[(int)dataType].ByteSize;

        /// <summary>Whether each element has the same number of bytes.</summary>
        public bool HasFixedSize => Table[(int)dataType].ByteSize != 0;
    }

    /// <summary>Finds a datatype by its name on the wire (<c>FP32</c>), case-sensitive as KServe has it.</summary>
    /// <returns><see langword="false"/> when no datatype has that name.</returns>
    public static bool TryParse(ReadOnlySpan<char> name, out DataType dataType)
    {
        for (var value = 1; value < Table.Length; value++)
        {
            if (name.SequenceEqual(Table[value].Name))
            {
                dataType = (DataType)value;
                return true;
            }
        }

        dataType = DataType.Invalid;
        return false;
    }

    /// <summary>Finds a datatype by the ASCII bytes of its name on the wire; takes no memory.</summary>
    /// <returns><see langword="false"/> when no datatype has that name.</returns>
    public static bool TryParse(ReadOnlySpan<byte> name, out DataType dataType)
    {
        Span<char> chars = stackalloc char[8];
        if (name.Length <= chars.Length)
        {
            for (var i = 0; i < name.Length; i++)
            {
                chars[i] = (char)name[i];
            }

            return TryParse(chars[..name.Length], out dataType);
        }

        dataType = DataType.Invalid;
        return false;
    }

    /// <summary>Finds a datatype by its name in a Triton configuration (<c>TYPE_FP32</c>) or on the wire (<c>FP32</c>).</summary>
    /// <returns><see langword="false"/> when no datatype has that name.</returns>
    public static bool TryParseConfigName([NotNullWhen(true)] string? name, out DataType dataType)
    {
        for (var value = 1; value < Table.Length; value++)
        {
            if (Table[value].ConfigName == name)
            {
                dataType = (DataType)value;
                return true;
            }
        }

        return TryParse(name, out dataType);
    }
}
