namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>An instruction as it is written.</summary>
/// <param name="Line">Where, from 1 on.</param>
/// <param name="Guard">The predicate on which it depends; null = none.</param>
/// <param name="Opcode">The first word.</param>
/// <param name="Modifiers">What follows it, with dots.</param>
/// <param name="Operands">What it is given.</param>
internal sealed record Statement(int Line, Operand.Named? Guard, string Opcode, IReadOnlyList<string> Modifiers, IReadOnlyList<Operand> Operands);
