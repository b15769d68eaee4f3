namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>A fundamental type of PTX, as far as the simulation knows them: <c>.f16</c> and packed types are missing.</summary>
/// <param name="Kind">What its bits mean.</param>
/// <param name="Bits">How many there are; a predicate has one.</param>
internal readonly record struct PtxType(PtxKind Kind, int Bits)
{
    public static PtxType Predicate { get; } = new(PtxKind.Predicate, 1);

    public static PtxType U32 { get; } = new(PtxKind.Unsigned, 32);

    public int ByteSize => Bits / 8;

    public bool IsInteger => Kind is PtxKind.Bits or PtxKind.Unsigned or PtxKind.Signed;

    public bool IsFloat => Kind == PtxKind.Float;

    /// <summary>The bits that a value of this type may have set.</summary>
    public ulong Mask => Bits == 64 ? ulong.MaxValue : (1UL << Bits) - 1;

    /// <summary>Reads a type as it is written, such as <c>.u32</c>.</summary>
    public static bool TryParse(string text, out PtxType type)
    {
        type = text == ".pred" ? Predicate : default;
        if (text.Length > 2 && int.TryParse(text.AsSpan(2), out var bits))
        {
            type = (text[1], bits) switch
            {
                ('b', 8 or 16 or 32 or 64) => new PtxType(PtxKind.Bits, bits),
                ('u', 8 or 16 or 32 or 64) => new PtxType(PtxKind.Unsigned, bits),
                ('s', 8 or 16 or 32 or 64) => new PtxType(PtxKind.Signed, bits),
                ('f', 32 or 64) => new PtxType(PtxKind.Float, bits),
                _ => default,
            };
        }

        return type.Bits != 0;
    }

    /// <summary>Whether an instruction of this type takes a register: of the same size, and bits, or both integers, or both floating-point.</summary>
    public bool Takes(PtxType register) => Bits == register.Bits && MeansTheSame(register);

    /// <summary>Whether it does where wider registers are allowed too, as loads, stores and conversions have it; not so for floating-point.</summary>
    public bool TakesWider(PtxType register) => Takes(register) || (register.Bits > Bits && IsInteger && register.IsInteger);

    /// <summary>The value that lies in the lowest bits, as 64 bits with its sign.</summary>
    public long Extend(ulong bits) => Kind == PtxKind.Signed ? (long)(bits << (64 - Bits)) >> (64 - Bits) : (long)(bits & Mask);

    public override string ToString() => Kind == PtxKind.Predicate ? ".pred" : $".{char.ToLowerInvariant(Kind.ToString()[0])}{Bits}";

    private bool MeansTheSame(PtxType register) => Kind == register.Kind
        || (Kind == PtxKind.Bits && register.Kind != PtxKind.Predicate)
        || (register.Kind == PtxKind.Bits && Kind != PtxKind.Predicate)
        || (IsInteger && register.IsInteger);
}
