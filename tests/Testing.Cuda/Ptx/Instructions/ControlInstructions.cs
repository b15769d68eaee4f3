using Camshaft.Testing.Cuda.Ptx.Execution;
using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Jumps, barriers, and the end.</summary>
internal static class ControlInstructions
{
    private const int BarrierCount = 16;

    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        instructions.Add("bra", AssembleBranch);
        instructions.Add("bar", AssembleBarrier);
        instructions.Add("barrier", AssembleBarrier);
        instructions.Add("ret", AssembleEnd);
        instructions.Add("exit", AssembleEnd);
    }

    private static Branch AssembleBranch(StatementReader reader)
    {
        reader.TryTake(".uni");
        reader.EndModifiers(1);
        var label = reader.TakeOperand() as Operand.Named ?? throw reader.Mismatch();
        return new Branch(reader.Scope.FindLabel(label.Name) ?? throw reader.Fail($"Unknown symbol '{label.Name}': label expected for instruction 'bra'")) { Line = reader.Line, Guard = reader.Guard };
    }

    private static Barrier AssembleBarrier(StatementReader reader)
    {
        if (reader.Opcode == "barrier")
        {
            reader.Require("barrier", version: 60, target: 30);
        }

        if (!reader.TryTake(".sync"))
        {
            throw reader.Fail($"The simulation knows '{reader.Opcode}' as .sync alone");
        }

        if (reader.Opcode == "barrier")
        {
            reader.TryTake(".aligned");
        }

        reader.EndModifiers(1);
        return reader.TakeOperand() is Operand.Integer { Bits: < BarrierCount, IsNegative: false }
            ? new Barrier { Line = reader.Line, Guard = reader.Guard }
            : throw reader.Fail($"Barrier number expected for instruction '{reader.Opcode}', 0 to {BarrierCount - 1}");
    }

    private static End AssembleEnd(StatementReader reader)
    {
        if (reader.Opcode == "ret")
        {
            reader.TryTake(".uni");
        }

        reader.EndModifiers(0);
        return new End { Line = reader.Line, Guard = reader.Guard };
    }

    private sealed class Branch(int target) : PtxInstruction
    {
        public override void Execute(PtxThread thread) => thread.Next = target;
    }

    private sealed class Barrier : PtxInstruction
    {
        public override void Execute(PtxThread thread) => thread.Barrier = this;
    }

    private sealed class End : PtxInstruction
    {
        public override void Execute(PtxThread thread) => thread.HasEnded = true;
    }
}
