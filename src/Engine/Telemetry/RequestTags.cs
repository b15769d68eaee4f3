namespace Camshaft.Engine.Telemetry;

/// <summary>The values of a request's tags, by the numbers of a <see cref="TagTable"/>. A plain value; the default has none.</summary>
/// <param name="Packed">For each tag 16 bits: one more than its value's number, or 0 = the request does not carry it.</param>
internal readonly record struct RequestTags(ulong Packed)
{
    private const int Bits = 16;

    /// <summary>The number of a tag's value; -1 = the request does not carry it.</summary>
    public int this[int tag] => (int)((Packed >> (tag * Bits)) & ushort.MaxValue) - 1;

    public RequestTags With(int tag, int value) => new((Packed & ~((ulong)ushort.MaxValue << (tag * Bits))) | ((ulong)(value + 1) << (tag * Bits)));
}
