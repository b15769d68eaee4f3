using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>
/// Where a kernel's shared memory lies. Address zero is none, and between two variables there is a gap, so that whoever runs over the
/// end of one meets none; a GPU has neither.
/// </summary>
internal sealed class SharedLayout
{
    /// <summary>What a block may have in all without asking for more.</summary>
    public const int MostBytes = 48 * 1024;

    private const int Gap = 64;

    private readonly List<(string Name, int Offset, int ByteSize)> _variables = [];
    private int _end = 1024;

    /// <summary>The bytes that are declared, without gaps.</summary>
    public int ByteSize { get; private set; }

    /// <summary>Places a variable. One without a size comes last, and is as large as the launch says.</summary>
    /// <returns>Its address.</returns>
    public int Add(Variable variable)
    {
        var alignment = Math.Max(variable.Alignment, 16);
        var offset = (_end + alignment - 1) / alignment * alignment;
        _variables.Add((variable.Name, offset, variable.ByteSize));
        _end = offset + variable.ByteSize + Gap;
        ByteSize += variable.ByteSize;
        return offset;
    }

    /// <summary>How many bytes it takes with gaps, and with what the launch adds.</summary>
    public int GetExtent(int dynamicByteSize) => _end + dynamicByteSize;

    /// <summary>Whether a range lies in one variable.</summary>
    public bool Contains(ulong address, int byteSize, int dynamicByteSize)
    {
        foreach (var (_, offset, size) in _variables)
        {
            if (address >= (ulong)offset && address + (ulong)byteSize <= (ulong)(offset + (size == 0 ? dynamicByteSize : size)))
            {
                return true;
            }
        }

        return false;
    }
}
