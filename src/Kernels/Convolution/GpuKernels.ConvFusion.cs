namespace Mimesh.Kernels;

// On a GPU what rides along is done by the plain kernels, one after another.
internal sealed partial class GpuKernels
{
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s, in ConvFusion f)
    {
        var input = WayIn(x, s, f);
        Conv2d(input, w, b, y, s);
        if (input != x)
        {
            device.Return(input);
        }

        int length = s.N * s.P * s.Q * s.K;
        if (f.OutputSlope is { } slope)
        {
            Map(new LeakyRelu(slope), y, y, length);
        }

        if (f.Residual is not null)
        {
            Zip(default(Add), y, f.Residual, y, new BroadcastSpec(1, 1, 1, length, 0, 0, 0, 1, 0, 0, 0, 1));
        }

        if (f.OutputStatistics is not null)
        {
            InstanceStatistics(y, f.OutputStatistics, new InstanceNormSpec(s.N, s.P * s.Q, s.K, f.Epsilon));
        }
    }

    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s, in ConvFusion f)
    {
        var input = WayIn(x, s, f);
        Conv2dWeightGrad(input, gy, gw, s);
        if (input != x)
        {
            device.Return(input);
        }
    }

    // x itself, or a rented buffer with what the convolution is to see.
    private DeviceBuffer WayIn(DeviceBuffer x, in Conv2dSpec s, in ConvFusion f)
    {
        int doubling = f.Upsample ? 2 : 1, pixels = s.H / doubling * (s.W / doubling), length = s.N * pixels * s.C;
        if (length == 0 || (f.Statistics is null && f.InputSlope is null && !f.Upsample))
        {
            return x;
        }

        // One buffer for what changes the numbers, and one for what doubles the image.
        var y = f.Statistics is null && f.InputSlope is null ? x : device.Rent(length);
        var from = x;
        if (f.Statistics is not null)
        {
            var spec = new BroadcastSpec(s.N, 1, pixels, s.C, pixels * s.C, 0, s.C, 1, 2 * s.C, 0, 0, 1);
            Zip(default(Sub), x, f.Statistics, y, spec);
            Zip(default(Mul), y, f.Statistics.Slice(s.C, f.Statistics.Length - s.C), y, spec);
            from = y;
        }

        if (f.InputSlope is { } slope)
        {
            Map(new LeakyRelu(slope), from, y, length);
            from = y;
        }

        if (!f.Upsample)
        {
            return y;
        }

        var up = device.Rent(4L * length);
        Upsample(from, up, new BlockSpec(s.N, s.H / 2, s.W / 2, s.C, 2, 1f));
        if (y != x)
        {
            device.Return(y);
        }

        return up;
    }
}
