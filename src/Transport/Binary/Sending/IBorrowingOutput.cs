namespace Camshaft.Transport.Binary.Sending;

/// <summary>An output that sends memory from where it lies. Hosts have it whose sockets are their own.</summary>
internal interface IBorrowingOutput
{
    /// <summary>Writes without a copy.</summary>
    /// <param name="bytes">Memory that does not move, and stays as it is until the flush after this call has ended.</param>
    void WriteBorrowed(ReadOnlySpan<byte> bytes);
}
