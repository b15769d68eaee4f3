using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>Small models that several tests use.</summary>
internal static class Models
{
    /// <summary>y = x + x, any length; the symbol N makes y's shape known before the run.</summary>
    public static OnnxModelBuilder Double() => new OnnxModelBuilder()
        .Input("x", DataType.Float32, "N")
        .Output("y", DataType.Float32, "N")
        .Node("Add", ["x", "x"], ["y"]);

    /// <summary>y = the positions where x is not zero: a shape that only the run tells.</summary>
    public static OnnxModelBuilder Positions() => new OnnxModelBuilder()
        .Input("x", DataType.Float32, "N")
        .Output("y", DataType.Int64, "1", "")
        .Node("NonZero", ["x"], ["y"]);

    /// <summary>y = x, strings of any number.</summary>
    public static OnnxModelBuilder Strings() => new OnnxModelBuilder()
        .Input("x", DataType.Bytes, "N")
        .Output("y", DataType.Bytes, "N")
        .Node("Identity", ["x"], ["y"]);

    /// <summary>Adds one to x for as long as an INT64 can count: ends only when it is terminated.</summary>
    public static OnnxModelBuilder Endless()
    {
        var body = new OnnxModelBuilder()
            .Input("i", DataType.Int64)
            .Input("going", DataType.Bool)
            .Input("sum", DataType.Float32)
            .Output("still_going", DataType.Bool)
            .Output("next_sum", DataType.Float32)
            .Initializer("one", TestTensor.Of([], 1f))
            .Node("Identity", ["going"], ["still_going"])
            .Node("Add", ["sum", "one"], ["next_sum"]);
        return new OnnxModelBuilder()
            .Input("x", DataType.Float32)
            .Output("y", DataType.Float32)
            .Initializer("count", TestTensor.Of(DataType.Int64, [], long.MaxValue))
            .Initializer("true", TestTensor.Of(DataType.Bool, [], (byte)1))
            .Node("Loop", ["count", "true", "x"], ["y"], OnnxAttribute.Of("body", body));
    }
}
