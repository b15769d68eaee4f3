using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Every instruction that the simulation knows, by its first word.</summary>
internal static class InstructionTable
{
    private static readonly Dictionary<string, Func<StatementReader, PtxInstruction>> Instructions = Create();

    /// <summary>Resolves a statement.</summary>
    /// <exception cref="PtxError">The simulation does not know it, or it is wrong.</exception>
    public static PtxInstruction Assemble(Statement statement, PtxScope scope) => Instructions.TryGetValue(statement.Opcode, out var assemble)
        ? assemble(new StatementReader(statement, scope))
        : throw new PtxError(statement.Line, $"Not a name of any instruction that the simulation knows: '{statement.Opcode}'");

    private static Dictionary<string, Func<StatementReader, PtxInstruction>> Create()
    {
        var instructions = new Dictionary<string, Func<StatementReader, PtxInstruction>>(StringComparer.Ordinal);
        ArithmeticInstructions.AddTo(instructions);
        FunctionInstructions.AddTo(instructions);
        LogicInstructions.AddTo(instructions);
        ComparisonInstructions.AddTo(instructions);
        ConversionInstructions.AddTo(instructions);
        MemoryInstructions.AddTo(instructions);
        ControlInstructions.AddTo(instructions);
        return instructions;
    }
}
