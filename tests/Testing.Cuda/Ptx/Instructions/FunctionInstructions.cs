namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Roots, reciprocals, powers, logarithms and the like.</summary>
/// <remarks>
/// The approximations of a GPU are not known to the last bit: here their last bit is spoilt, by the number itself, so that a test does not
/// come to count on more.
/// </remarks>
internal static class FunctionInstructions
{
    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        foreach (var opcode in (ReadOnlySpan<string>)["ex2", "lg2", "sin", "cos", "tanh", "rcp", "sqrt", "rsqrt"])
        {
            instructions.Add(opcode, Assemble);
        }
    }

    private static Computation Assemble(StatementReader reader)
    {
        var isExact = reader.Opcode is "rcp" or "sqrt" && reader.TryTake(".rn");
        if (!isExact && !reader.TryTake(".approx"))
        {
            throw reader.Fail($"Rounding modifier required for instruction '{reader.Opcode}'");
        }

        var flushes = reader.Opcode != "tanh" && reader.TryTake(".ftz");
        var type = reader.TakeType(type => type.IsFloat && (type.Bits == 32 || (isExact && !flushes)));
        reader.EndModifiers(2);
        if (reader.Opcode == "tanh")
        {
            reader.Require("tanh", version: 70, target: 75);
        }

        var function = GetFunction(reader.Opcode);
        return new Computation(
            reader.TakeDestination(type),
            reader.TakeSource(type),
            PtxValue.None,
            PtxValue.None,
            type.Bits == 64
                ? Floating.Wrap((double number, double _, double _) => function(number))
                : Floating.Wrap((float number, float _, float _) => isExact ? (float)function(number) : Approximate(function, number), flushes, saturates: false))
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }

    private static Func<double, double> GetFunction(string opcode) => opcode switch
    {
        "ex2" => double.Exp2,
        "lg2" => double.Log2,
        "sin" => Math.Sin,
        "cos" => Math.Cos,
        "tanh" => Math.Tanh,
        "rcp" => static number => 1 / number,
        "sqrt" => Math.Sqrt,
        _ => static number => 1 / Math.Sqrt(number),
    };

    // Powers of whole numbers, and the like, are what they are.
    private static float Approximate(Func<double, double> function, float number)
    {
        var result = (float)function(number);
        return !float.IsNormal(result) || result == function(number) ? result : (BitConverter.SingleToUInt32Bits(number) * 2654435761 >> 30) switch
        {
            0 => MathF.BitIncrement(result),
            1 => MathF.BitDecrement(result),
            _ => result,
        };
    }
}
