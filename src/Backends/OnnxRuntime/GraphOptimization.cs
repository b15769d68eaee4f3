namespace Camshaft.Backends.OnnxRuntime;

/// <summary>How far ONNX Runtime rewrites a graph (<c>GraphOptimizationLevel</c> in onnxruntime_c_api.h).</summary>
internal enum GraphOptimization
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Constants folded, needless nodes dropped.</summary>
    Basic = 1,

    /// <summary>Operators fused.</summary>
    Extended = 2,

    /// <summary>Memory layouts changed for this processor as well.</summary>
    All = 99,
}
