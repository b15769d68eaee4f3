namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>What a token is.</summary>
internal enum PtxTokenKind
{
    /// <summary>A name: of an instruction, a register, a label, a variable.</summary>
    Word,

    /// <summary>A word with a dot before it: a directive, a type or a modifier.</summary>
    Dotted,

    Number,

    Symbol,

    End,
}
