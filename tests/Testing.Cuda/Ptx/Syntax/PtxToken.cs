namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>The smallest part of a text that means something.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written; a directive or modifier with its dot.</param>
/// <param name="Line">Where, from 1 on.</param>
internal readonly record struct PtxToken(PtxTokenKind Kind, string Text, int Line)
{
    public bool Is(char symbol) => Kind == PtxTokenKind.Symbol && Text[0] == symbol;

    public bool IsDotted(string text) => Kind == PtxTokenKind.Dotted && Text == text;
}
