using Camshaft.Backends;

namespace Camshaft.Transport.Http.Infer;

/// <summary>What a request's JSON says of one input, without its data.</summary>
internal struct InputHead
{
    public TextRange Name;

    public DataType DataType;

    public Shape Shape;

    public bool HasShape;

    /// <summary>Where <c>data</c> begins in the JSON part, in bytes; -1 when it has none.</summary>
    public long DataStart;

    /// <summary>How many bytes of the binary part are this input's; -1 when it is not there.</summary>
    public long BinaryByteSize;

    /// <summary>Whether the data is one BYTES element without its length before it.</summary>
    public bool IsOneElement;

    /// <summary>The signature's index for the name.</summary>
    public int Index;
}
